import { m } from '#paraglide/messages.js';
import type { Refused } from './late.ts';

const WORDS: Record<string, (inputs: { count: number }) => string> = {
	after_deadline: m.refused_after_deadline,
	results_released: m.refused_results_released,
	late_taken: m.refused_late_taken,
	too_late: m.refused_too_late,
	submitted: m.refused_submitted,
	settled: m.refused_submitted
};
/** Why the server did not take what this device kept. */
export const refusedText = ({ code, answers }: Pick<Refused, 'code' | 'answers'>): string =>
	(WORDS[code] ?? m.refused_other)({ count: answers });
