// "Skip what I know": the test lives on the device until it is sent, once, with an id of its own.
import { newId } from '../api/client.ts';
import {
	takePlacement,
	type PlacementAnswers,
	type PlacementResult,
	type PlacementTest
} from '../api/learn.ts';
import { asProblem } from '../api/problem.ts';
import type { Response } from '../api/types.ts';
import { forget, keep, kept } from '../offline/db.ts';
import { isComplete } from '../quiz/response.ts';

/** A test under way on this device. */
export interface Held {
	id: string;
	test: PlacementTest;
	/** By question key; a question without one counts as not known. */
	responses: Record<string, Response>;
	/** The question on screen, from 0. */
	at: number;
	/** Every question was passed: only the sending is left. */
	complete: boolean;
}
const nameOf = (course: string) => `placement:${course}`;

export const begin = (test: PlacementTest): Held => ({
	id: newId(),
	test,
	responses: {},
	at: 0,
	complete: false
});
export async function heldTest(course: string): Promise<Held | null> {
	return (await kept<Held>(nameOf(course)).catch(() => null))?.value ?? null;
}
/** Keeps the test; without room on the device it goes on in this page alone. */
export const keepTest = (held: Held): Promise<void> =>
	keep(nameOf(held.test.course_key), held).catch(() => undefined);
export const dropTest = (course: string): Promise<void> =>
	forget(nameOf(course)).catch(() => undefined);

/** The next question, or the end. response null: "I don't know yet". */
export function passed(held: Held, response: Response | null): Held {
	const item = held.test.questions[held.at];
	if (!item) return held;
	const { [item.key]: _old, ...rest } = held.responses;
	const responses =
		response && isComplete(item.question, response) ? { ...rest, [item.key]: response } : rest;
	const last = held.at >= held.test.questions.length - 1;
	return { ...held, responses, at: last ? held.at : held.at + 1, complete: last };
}
export const back = (held: Held): Held => ({
	...held,
	at: Math.max(0, held.at - 1),
	complete: false
});

export const answersOf = (held: Held): PlacementAnswers => ({
	id: held.id,
	nonce: held.test.nonce,
	answers: held.test.questions.flatMap(({ key }) => {
		const response = held.responses[key];
		return response ? [{ question_key: key, response }] : [];
	})
});

export type Sent =
	| { kind: 'done'; result: PlacementResult }
	| { kind: 'held' }
	/** changed: the course was published anew; taken: another device was first. */
	| { kind: 'changed' | 'taken' }
	| { kind: 'refused'; error: unknown };

/** Sends a finished test. A repeat answers as the first did; what was refused for good is dropped. */
export async function send(held: Held): Promise<Sent> {
	const course = held.test.course_key;
	try {
		const result = await takePlacement(course, answersOf(held));
		await dropTest(course);
		return { kind: 'done', result };
	} catch (error) {
		const { code, offline } = asProblem(error);
		if (offline || code === 'unavailable') return { kind: 'held' };
		if (code !== 'out_of_date' && code !== 'placement_taken') return { kind: 'refused', error };
		await dropTest(course);
		return { kind: code === 'out_of_date' ? 'changed' : 'taken' };
	}
}
