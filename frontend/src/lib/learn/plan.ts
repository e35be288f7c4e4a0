import type { PlanStep } from '../api/learn.ts';

export interface Timed extends PlanStep {
	/** Minutes since the beginning of the period. */
	from: number;
	to: number;
}

/** The steps with the minutes at which they begin and end. */
export function timed(steps: PlanStep[]): Timed[] {
	let from = 0;
	return steps.map((step) => {
		const begun = from;
		from += step.minutes;
		return { ...step, from: begun, to: from };
	});
}
