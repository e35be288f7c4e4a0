import { asProblem } from '#lib/api/problem.ts';
import { finishAttempt } from '#lib/offline/late.ts';
import { lesson } from '#lib/lesson/lesson.svelte.ts';
import { holdSubmission } from '#lib/offline/outbox.ts';
import { outbox } from '#lib/offline/outbox.svelte.ts';
import type { Paper } from '#lib/quiz/paper.svelte.ts';

/**
 * Hands a quiz in. sent: the server has it. held: it is kept on this device and handed in by
 * the outbox. lost: neither; the page must stay open. stays: the teacher has stopped it, or a
 * question waits for the teacher; the pupil goes on afterwards.
 */
export async function handIn(paper: Paper): Promise<'sent' | 'held' | 'lost' | 'stays'> {
	const { id, course_title: title } = paper.attempt;
	await paper.flush();
	if (paper.pending === 0) {
		try {
			await finishAttempt(id);
			await paper.finish();
			return 'sent';
		} catch (error) {
			// Refused for good: the result page has the word for it.
			const { code } = asProblem(error);
			if (['not_found', 'forbidden', 'closed'].includes(code)) return 'sent';
			if (code === 'paused' || code === 'alert_pending') {
				void lesson.beat();
				return 'stays';
			}
		}
	}
	try {
		await holdSubmission(id, title);
	} catch {
		return 'lost';
	}
	// From now on the outbox sends it, from whatever page is open.
	paper.close();
	void outbox.run();
	return 'held';
}
