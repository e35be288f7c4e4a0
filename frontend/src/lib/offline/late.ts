// The answers of a quiz that was closed while this device had no network: sent as one late
// batch, taken by the server once. What it will not take is kept, with the reason.
import { newId } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import { sendLate, settle, submit, type LateAnswer } from '../api/student.ts';
import type { Entry } from '../quiz/queue.ts';
import { answerStore, forget, keep, kept, keptNames } from './db.ts';

/** waiting: no network, try later. open: the attempt takes answers the ordinary way. */
export type Fate = 'sent' | 'refused' | 'waiting' | 'open';

/** What the server did not take, for the pupil to see. */
export interface Refused {
	code: string;
	answers: number;
	at: string;
}
const REFUSALS = new Set([
	'submitted',
	'late_taken',
	'settled',
	'too_late',
	'results_released',
	'not_found',
	'forbidden'
]);
const MAX_REBASES = 4;

/** Entries as the API wants them: whole seconds, in order. */
export const asAnswers = (entries: Entry[]): LateAnswer[] =>
	entries.map(({ seq, slot, response, at }) => ({
		seq,
		slot,
		response,
		client_at: at.replace(/\.\d+Z$/, 'Z')
	}));
export async function entriesOf(attempt: string): Promise<Entry[]> {
	return (await answerStore.all(attempt)).sort((a, b) => a.seq - b.seq);
}
/** One id for the batch of an attempt, also after a restart: the server answers a repeat as before. */
export async function batchOf(attempt: string): Promise<string> {
	const name = `late:${attempt}`;
	const known = (await kept<string>(name).catch(() => null))?.value;
	if (known) return known;
	const id = newId();
	await keep(name, id).catch(() => undefined);
	return id;
}

export async function sendLateBatch(attempt: string): Promise<Fate> {
	const entries = await entriesOf(attempt);
	if (entries.length === 0) return 'sent';
	const id = await batchOf(attempt);
	for (let tries = 0; tries <= MAX_REBASES; tries++) {
		try {
			const report = await sendLate(attempt, { id, answers: asAnswers(entries) });
			const codes = new Map(report.rejected.map(({ seq, code }) => [seq, code]));
			if (codes.size > 0)
				await noteRefused(attempt, [...codes.values()][0] ?? 'invalid', codes.size);
			await drop(attempt, entries);
			return report.accepted ? 'sent' : 'refused';
		} catch (error) {
			const { code, body } = asProblem(error);
			if (code === 'still_open') return 'open';
			if (REFUSALS.has(code)) {
				await noteRefused(attempt, code, entries.length);
				await drop(attempt, entries);
				return 'refused';
			}
			const last = Number(body.last_seq);
			if (code !== 'out_of_date' || !Number.isFinite(last)) return 'waiting';
			let seq = last;
			for (const entry of entries) {
				entry.seq = ++seq;
				// Kept before it is sent: a repeat must carry the numbers it was taken under.
				await answerStore.put(entry).catch(() => undefined);
			}
		}
	}
	return 'waiting';
}
async function drop(attempt: string, entries: Entry[]): Promise<void> {
	await answerStore.remove(entries.map((entry) => entry.id));
	await forget(`late:${attempt}`);
}
export async function noteRefused(attempt: string, code: string, answers: number): Promise<void> {
	const note: Refused = { code, answers, at: new Date().toISOString() };
	await keep(`refused:${attempt}`, note).catch(() => undefined);
}
export async function refusals(): Promise<(Refused & { attempt: string })[]> {
	const names = await keptNames('refused:').catch(() => []);
	const notes = await Promise.all(names.map((name) => kept<Refused>(name)));
	return notes.flatMap((n, i) => (n ? [{ ...n.value, attempt: names[i]!.slice(8) }] : []));
}

/** Hands the attempt in and says, where the server still waits, that nothing more comes from here. */
export async function finishAttempt(attempt: string): Promise<void> {
	const result = await submit(attempt);
	if (result.awaited) await settle(attempt).catch(() => undefined);
}
