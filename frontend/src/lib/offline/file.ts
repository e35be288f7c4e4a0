// The last resort of a quiz that cannot be sent: a file with the pupil's own answers, sealed
// with the mark the server gave for this attempt. It holds nothing else of the quiz.
import type { LateAnswer } from '../api/student.ts';
import { asProblem } from '../api/problem.ts';
import type { Attempt } from '../api/types.ts';
import { asAnswers, batchOf, entriesOf } from './late.ts';

/** Offered after ten minutes without a network at the end. */
export const FILE_AFTER = 10 * 60_000;
const MARK = 'NHASO-BAI-LAM-1';
const MOST = 2_000_000;

export interface QuizFile {
	attempt_id: string;
	seal: string;
	id: string;
	answers: LateAnswer[];
}

export async function makeFile(attempt: Attempt): Promise<string> {
	const body: QuizFile = {
		attempt_id: attempt.id,
		seal: attempt.seal,
		id: await batchOf(attempt.id),
		answers: asAnswers(await entriesOf(attempt.id))
	};
	return pack(body);
}
export function pack(body: QuizFile): string {
	const bytes = new TextEncoder().encode(JSON.stringify(body));
	return `${MARK}\n${btoa(String.fromCharCode(...bytes)).replace(/(.{76})/g, '$1\n')}\n`;
}

/** Reads a file back; null for anything that was not made by makeFile. */
export function readFile(text: string): QuizFile | null {
	if (text.length > MOST || !text.startsWith(MARK)) return null;
	try {
		const raw = atob(text.slice(MARK.length).replace(/\s/g, ''));
		const bytes = Uint8Array.from(raw, (c) => c.charCodeAt(0));
		const body = JSON.parse(new TextDecoder().decode(bytes)) as Partial<QuizFile> | null;
		if (!body || ![body.attempt_id, body.seal, body.id].every((s) => typeof s === 'string'))
			return null;
		if (!Array.isArray(body.answers) || body.answers.length === 0) return null;
		const { attempt_id = '', seal = '', id = '' } = body;
		const answers = body.answers.map(({ seq, slot, response, client_at }) => {
			return { seq, slot, response, client_at };
		});
		return { attempt_id, seal, id, answers };
	} catch {
		return null;
	}
}

export interface Handed {
	accepted: boolean;
	acked: number[];
	rejected: { seq: number; code: string }[];
}
/** Hands a file in; its numbers are put right where the server's log went on meanwhile. */
export async function handInFile(
	file: QuizFile,
	send: (file: QuizFile) => Promise<Handed>
): Promise<Handed> {
	try {
		return await send(file);
	} catch (error) {
		const { code, body } = asProblem(error);
		const last = Number(body.last_seq);
		if (code !== 'out_of_date' || !Number.isFinite(last)) throw error;
		const answers = file.answers.map((a, i) => ({ ...a, seq: last + 1 + i }));
		return send({ ...file, answers });
	}
}
