// Tries at practice questions made without a network: kept here, sent later, recorded once.
import { newId } from '../api/client.ts';
import { recordTries, type Try } from '../api/offline.ts';
import type { PracticeReply, Response } from '../api/types.ts';
import { forget, keep, kept, keptNames } from '../offline/db.ts';
import { packQuestions } from '../offline/pack.ts';
import { deal, FULL, grade, reply, twin, view, type Shown } from './grade.ts';

interface HeldTry extends Try {
	right: boolean;
}
const MOST = 100;

/** A question of a skill that was taken along, dealt on this device; null when it is not here. */
export async function dealHere(course: string, key: string): Promise<Shown | null> {
	const q = (await packQuestions(course)).find((one) => one.key === key);
	return q ? deal(q) : null;
}
export { view };

/** Grades a try and keeps it. before: the misses the page knows of already. */
export async function tryHere(
	course: string,
	s: Shown,
	response: Response,
	before: number
): Promise<PracticeReply> {
	const right = grade(s, response) === FULL;
	const held: HeldTry = {
		id: newId(),
		course_key: course,
		question_key: s.q.key,
		question_hash: s.q.hash,
		options: s.options,
		lefts: s.lefts,
		response,
		right
	};
	// Without room for it the help is given all the same; only the record is missing.
	await keep(`try:${held.id}`, held).catch(() => undefined);
	const help = reply(s, response, right ? before : before + 1);
	if (help.worked_example) help.twin = twin(await packQuestions(course), s.q);
	return help;
}

/** Sends what is kept; false when the server was not reached. */
export async function sendTries(): Promise<boolean> {
	const names = (await keptNames('try:').catch(() => [])).slice(0, MOST);
	const held = await Promise.all(names.map((name) => kept<HeldTry>(name).catch(() => null)));
	const tries = held.flatMap((entry) => {
		if (!entry) return [];
		const { right: _right, ...rest } = entry.value;
		return [rest];
	});
	if (tries.length === 0) return true;
	try {
		const report = await recordTries(tries);
		// A refused one (the question is gone) would be refused for ever.
		const done = [...report.acked, ...report.rejected.map((one) => one.id)];
		await Promise.all(done.map((id) => forget(`try:${id}`)));
		return done.length === 0 || names.length < MOST ? true : sendTries();
	} catch {
		return false;
	}
}
