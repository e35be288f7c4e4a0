// What a refused class secret is told as.
import { m } from '#paraglide/messages.js';
import { asProblem, problemText } from '../api/problem.ts';

export function secretRefusal(error: unknown): string {
	const problem = asProblem(error);
	const wrong = problem.errors.some((one) => one.code === 'wrong_secret');
	if (wrong) {
		const details = problem.body.details as { left?: string } | undefined;
		return m.pin_wrong({ left: details?.left ?? '' });
	}
	if (problem.code === 'name_locked') return m.pin_locked();
	if (problem.code === 'no_card') return m.pin_no_card();
	if (problem.code === 'not_found') return m.join_wrong();
	if (problem.code === 'busy') return m.pin_busy();
	return problemText(problem);
}
