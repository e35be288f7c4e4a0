// Where the pupil is in each lesson: kept on the device first, sent when there is a network.
import { putProgress } from '../api/student.ts';
import { asProblem } from '../api/problem.ts';
import { forget, keep, kept, keptNames } from './db.ts';

export interface Step {
	course: string;
	lesson: string;
	seq: number;
	card_index: number;
	done: boolean;
}
const nameOf = (course: string, lesson: string) => `step:${course}/${lesson}`;

/** The step this device holds unsent, if any. */
export async function heldStep(course: string, lesson: string): Promise<Step | null> {
	return (await kept<Step>(nameOf(course, lesson)).catch(() => null))?.value ?? null;
}
/** The further of the server's step and the one held here. */
export function furthest(
	server: { seq: number; card_index: number; done_at: string | null } | undefined,
	held: Step | null
): { seq: number; card_index: number; done: boolean } {
	const there = server
		? { seq: server.seq, card_index: server.card_index, done: server.done_at !== null }
		: { seq: 0, card_index: 0, done: false };
	if (!held || held.seq <= there.seq) return there;
	return { seq: held.seq, card_index: held.card_index, done: held.done || there.done };
}

/** Keeps the step and tries to send it: 'saved', or 'local' when the server was not reached. */
export async function saveStep(step: Step): Promise<'saved' | 'local' | 'unsaved'> {
	const name = nameOf(step.course, step.lesson);
	let held = true;
	await keep(name, step).catch(() => {
		held = false;
	});
	try {
		await putProgress(step.course, step.lesson, {
			seq: step.seq,
			card_index: step.card_index,
			done: step.done
		});
		const now = await heldStep(step.course, step.lesson);
		if (now && now.seq <= step.seq) await forget(name).catch(() => undefined);
		return 'saved';
	} catch (error) {
		// Refused for good (course withdrawn): holding it longer would change nothing.
		if (['not_found', 'forbidden', 'invalid'].includes(asProblem(error).code))
			await forget(name).catch(() => undefined);
		return held ? 'local' : 'unsaved';
	}
}

/** Sends every held step; called when the network is back and when the app starts. */
export async function sendHeldSteps(): Promise<void> {
	const names = await keptNames('step:').catch(() => []);
	for (const name of names) {
		const step = (await kept<Step>(name).catch(() => null))?.value;
		if (step && (await saveStep(step)) !== 'saved') return;
	}
}
