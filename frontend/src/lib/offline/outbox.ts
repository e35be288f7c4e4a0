// Sends what earlier visits left on this device, from whatever page is open: places in
// lessons, practice tries, scenario runs, answers, and submissions made without a network.
import { asProblem } from '../api/problem.ts';
import { postAnswers, putAnswer } from '../api/student.ts';
import { newId, serverNow } from '../api/client.ts';
import { sendTries } from '../practice/tries.ts';
import { AnswerQueue } from '../quiz/queue.ts';
import { sendHeldRuns } from '../scenario/keep.ts';
import { answerStore, forget, inUse, keep, kept, keptNames, unsentAttempts } from './db.ts';
import {
	asAnswers,
	entriesOf,
	finishAttempt,
	noteRefused,
	sendLateBatch,
	type Fate
} from './late.ts';
import { sendHeldSteps } from './progress.ts';

export interface HeldSubmission {
	title: string;
	at: string;
}
/** "Nộp bài" without a network: the wish to hand in, kept until it is done. */
export async function holdSubmission(attempt: string, title: string): Promise<void> {
	const held: HeldSubmission = { title, at: new Date(serverNow()).toISOString() };
	await keep(`submit:${attempt}`, held);
}
export async function heldSubmission(attempt: string): Promise<HeldSubmission | null> {
	return (await kept<HeldSubmission>(`submit:${attempt}`).catch(() => null))?.value ?? null;
}
/** Attempts to be handed in, in the order of their keeping on this device. */
export async function heldSubmissions(): Promise<string[]> {
	return (await keptNames('submit:').catch(() => [])).map((name) => name.slice(7));
}

export interface Round {
	/** Handed in or taken late in this round. */
	sent: string[];
	/** Attempts of which something still waits here. */
	waiting: string[];
}

let running: Promise<Round> | null = null;
/** One round over everything; a second call joins the first, also across tabs. */
export function sendAll(): Promise<Round> {
	running ??= alone(round).finally(() => {
		running = null;
	});
	return running;
}
function alone<T>(work: () => Promise<T>): Promise<T> {
	const locks = globalThis.navigator?.locks;
	return locks ? (locks.request('nhaso-outbox', work) as Promise<T>) : work();
}
async function round(): Promise<Round> {
	const held = await heldSubmissions();
	const unsent = await unsentAttempts().catch(() => []);
	const result: Round = { sent: [], waiting: [] };
	for (const attempt of new Set([...held, ...unsent])) {
		if (inUse.has(attempt)) continue;
		const fate = await sendAttempt(attempt, held.includes(attempt));
		if (fate === 'waiting') result.waiting.push(attempt);
		else if (fate === 'sent') result.sent.push(attempt);
	}
	await sendHeldSteps();
	await sendTries();
	await sendHeldRuns();
	return result;
}

/** Sends one attempt's answers, then its submission if the pupil has made it. */
export async function sendAttempt(attempt: string, handIn: boolean): Promise<Fate> {
	for (let again = 0; again < 2; again++) {
		let stopped = await sendAnswers(attempt);
		if (stopped === 'closed') {
			const late = await sendLateBatch(attempt);
			if (late === 'open') continue;
			if (late === 'waiting') return late;
			if (late === 'refused' || !handIn) {
				await done(attempt);
				return late;
			}
			stopped = null;
		}
		if (stopped === 'waiting') return 'waiting';
		if (stopped) {
			const left = await entriesOf(attempt);
			await noteRefused(attempt, stopped, left.length);
			await answerStore.remove(left.map((entry) => entry.id));
			await done(attempt);
			return 'refused';
		}
		if (!handIn) return 'open';
		try {
			await finishAttempt(attempt);
		} catch (error) {
			const { code } = asProblem(error);
			if (code !== 'not_found' && code !== 'forbidden') return 'waiting';
			await noteRefused(attempt, code, 0);
		}
		await done(attempt);
		return 'sent';
	}
	return 'waiting';
}

/** null: everything is acknowledged; 'waiting': not reached; else the code that stopped it. */
async function sendAnswers(attempt: string): Promise<string | null> {
	const queue = new AnswerQueue(attempt, 0, [], {
		store: answerStore,
		send: (entry) => putAnswer(attempt, entry.seq, entry.slot, entry.response),
		sendMany: (entries) => postAnswers(attempt, asAnswers(entries)),
		newId,
		now: () => new Date(serverNow()),
		// One try a round: the outbox itself comes back.
		later: () => () => undefined,
		changed: () => undefined
	});
	await queue.restore();
	for (let n = 0; n < 3 && queue.pending > 0 && !queue.stopped && !queue.waiting; n++)
		await queue.flush();
	if (queue.stopped) return queue.stopped;
	return queue.pending > 0 ? 'waiting' : null;
}

/** After that nothing of the attempt needs to stay here. */
async function done(attempt: string): Promise<void> {
	const names = ['submit', 'attempt', 'position', 'drafts', 'late'];
	await Promise.all(names.map((name) => forget(`${name}:${attempt}`))).catch(() => undefined);
}
