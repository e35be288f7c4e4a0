// What the server asks of a confirmation (models/outreach), so that the page can say it first.
import type { Step } from '../scenario/types.ts';

/** The different things done: asking, filling in and what was not possible yet are none. */
export function taught(steps: readonly Pick<Step, 'do' | 'blocked'>[]): number {
	const done = steps.filter((s) => s.do !== 'hint' && !s.blocked && !s.do.startsWith('set.'));
	return new Set(done.map((s) => s.do)).size;
}

const EASY = new Set(['0000', '1111', '1234', '4321']);
export type PinProblem = 'four_digits' | 'too_easy';
export function pinProblem(pin: string): PinProblem | null {
	if (!/^[0-9]{4}$/.test(pin)) return 'four_digits';
	return EASY.has(pin) ? 'too_easy' : null;
}

/** A code as people type it, in the form the address has. */
export const plainCode = (typed: string): string =>
	typed.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
