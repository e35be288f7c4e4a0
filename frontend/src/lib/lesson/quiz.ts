// What an invigilated lesson changes of the quiz on screen.
import type { Attempt, QuestionView } from '../api/types.ts';
import { lesson } from './lesson.svelte.ts';

/** The end of the quiz: a pause moves it. */
export const until = (attempt: Attempt): string =>
	lesson.attempt(attempt.id)?.deadline_at ?? attempt.deadline_at;

/** The question waits for the teacher, or does not count any more: it is not answered. */
export function stands(attempt: Attempt, question: QuestionView): boolean {
	const state = lesson.alertOf(attempt.id, question.slot)?.state;
	return state === 'pending' || state === 'accepted' || state === 'skipped';
}
