// What both engines are compared by: see curriculum/scenario_vectors_test.go. Tests only.
import { BadEntry, Machine } from './engine.ts';
import type { Entry, Mode, Result, Scenario, Step } from './types.ts';

export interface Vector {
	scenario: number;
	variant: string;
	mode: Mode;
	log: Entry[];
	want?: Outcome;
}
export interface Outcome {
	index: number;
	reason?: string;
	state?: Record<string, string>;
	screen?: string;
	ended?: boolean;
	steps?: Step[];
	result?: Result;
}

export function outcomes(input: { scenarios: Scenario[]; runs: Vector[] }): Outcome[] {
	const machines = input.scenarios.map((scenario) => new Machine(scenario));
	return input.runs.map(({ scenario, variant, mode, log }) => {
		const machine = machines[scenario]!;
		try {
			const run = machine.replay(variant, mode, log);
			return {
				index: 0,
				state: Object.fromEntries(run.state),
				screen: run.screen,
				...(run.ended ? { ended: true } : {}),
				...(run.steps.length ? { steps: run.steps } : {}),
				result: machine.grade(run)
			};
		} catch (error) {
			if (error instanceof BadEntry) return { index: error.index, reason: error.reason };
			throw error;
		}
	});
}
