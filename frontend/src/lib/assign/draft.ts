// An assignment that is being written. It lies on this device until it is published, so that
// leaving the page, a closed browser or a lost network loses nothing.
import type { Assignment, Group, Kind, NewAssignment, Release, Terms, To } from '../api/assign.ts';
import { newId } from '../api/client.ts';
import { fromLocalInput, toLocalInput, today } from '../format.ts';
import { forget, keep, kept } from '../offline/db.ts';

export interface Draft {
	/** Of the assignment to be: a publication that is sent twice counts once. */
	id: string;
	kind: Kind;
	course: string;
	/** Keys of lessons, of a scenario, or ids of a bank's questions. */
	parts: string[];
	/** The bank that the questions are of, for kind bank. */
	bank: string;
	to: To;
	group: string;
	persons: string[];
	/** Civil days here, YYYY-MM-DD: from the first minute of one to the last of the other. */
	from: string;
	until: string;
	attempts: number | null;
	release: Release;
	/** What is changed, when it is one that was given before. */
	edits: Pick<Assignment, 'id' | 'version' | 'opens_at' | 'due_at'> | null;
}

const DAY = 24 * 3600_000;
export const dayIn = (days: number, now: Date = new Date()): string =>
	today(new Date(now.getTime() + days * DAY));
export const startOf = (day: string): string => fromLocalInput(`${day}T00:00`);
export const endOf = (day: string): string => fromLocalInput(`${day}T23:59`);
const dayOf = (iso: string): string => toLocalInput(new Date(iso)).slice(0, 10);

export function fresh(now: Date = new Date()): Draft {
	return {
		id: newId(now.getTime()),
		kind: 'course',
		course: '',
		parts: [],
		bank: '',
		to: 'class',
		group: '',
		persons: [],
		from: dayIn(0, now),
		until: dayIn(7, now),
		attempts: null,
		release: 'after_close',
		edits: null
	};
}

export function draftOf(a: Assignment): Draft {
	return {
		id: a.id,
		kind: a.kind,
		course: a.course_key,
		parts: a.parts,
		bank: '',
		to: a.recipients.to,
		group: a.recipients.group_id ?? '',
		persons: a.recipients.person_ids,
		from: dayOf(a.opens_at),
		until: dayOf(a.due_at),
		attempts: a.attempts,
		release: a.release,
		edits: { id: a.id, version: a.version, opens_at: a.opens_at, due_at: a.due_at }
	};
}

/** A day that was not touched keeps its minute. */
export function termsOf(d: Draft): Terms {
	const quiz = hasQuiz(d.kind);
	const { edits } = d;
	return {
		opens_at: edits && dayOf(edits.opens_at) === d.from ? edits.opens_at : startOf(d.from),
		due_at: edits && dayOf(edits.due_at) === d.until ? edits.due_at : endOf(d.until),
		attempts: quiz ? d.attempts : null,
		release: quiz ? d.release : 'after_close',
		recipients: {
			to: d.to,
			group_id: d.to === 'group' ? d.group : null,
			person_ids: d.to === 'pupils' ? d.persons : []
		}
	};
}
export const bodyOf = (d: Draft, classId: string): NewAssignment => ({
	id: d.id,
	class_id: classId,
	kind: d.kind,
	course_key: d.course,
	parts: d.kind === 'lessons' || d.kind === 'scenario' ? d.parts : [],
	...termsOf(d)
});
export const hasQuiz = (kind: Kind): boolean => kind === 'course' || kind === 'quiz';

/** How many pupils are asked as of now. */
export function countOf(d: Draft, pupils: number, groups: Group[]): number {
	if (d.to === 'class') return pupils;
	if (d.to === 'pupils') return d.persons.length;
	return groups.find((g) => g.id === d.group)?.person_ids.length ?? 0;
}

export type Wrong = 'course' | 'parts' | 'recipients' | 'from' | 'until' | 'until_past';
/** What is still missing or cannot be, in the order of the form. */
export function wrongOf(d: Draft, now: Date = new Date()): Wrong[] {
	const wrong: Wrong[] = [];
	// What an assignment asks for is fixed once it was given.
	if (!d.edits && !(d.kind === 'bank' ? d.bank : d.course)) wrong.push('course');
	if (!d.edits && d.kind !== 'course' && d.kind !== 'quiz' && d.parts.length === 0)
		wrong.push('parts');
	if ((d.to === 'group' && !d.group) || (d.to === 'pupils' && d.persons.length === 0))
		wrong.push('recipients');
	const same = d.edits && dayOf(d.edits.opens_at) === d.from;
	if (!d.from || (d.from < dayIn(0, now) && !same)) wrong.push('from');
	if (!d.until || d.until < d.from) wrong.push('until');
	else if (d.until < dayIn(0, now)) wrong.push('until_past');
	return wrong;
}

const name = (classId: string) => `assign:${classId}`;
export const saveDraft = (classId: string, d: Draft): Promise<void> => keep(name(classId), d);
export const dropDraft = (classId: string): Promise<void> => forget(name(classId));
/** The draft of a class, null when there is none or none can be read. */
export async function readDraft(classId: string): Promise<Draft | null> {
	const found = await kept<Draft>(name(classId)).catch(() => null);
	return found ? { ...fresh(), ...found.value } : null;
}
