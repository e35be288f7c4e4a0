import { api, apiFetch, BASE, newId, takeAs } from './client.ts';
import { hand } from './save.ts';
import { ApiProblem } from './problem.ts';

export type Kind = 'area_names' | 'public_page' | 'help_neighbours';
export type Party = 'child' | 'guardian';
export type Act = 'grant' | 'withdraw';
export const GUARDIANS = ['mother', 'father', 'grandparent', 'guardian'] as const;
export type GuardianRelation = (typeof GUARDIANS)[number];
export const CHANNELS = ['paper', 'in_person', 'phone'] as const;
export type Channel = (typeof CHANNELS)[number];

interface Words {
	title: string;
	body: string;
}
export interface ConsentText {
	kind: Kind;
	version: number;
	vi: Words;
	en: Words;
}
export interface Said {
	act: Act;
	on: string;
	relation: GuardianRelation | '';
	channel: Channel | 'account' | 'code';
	text_version: number;
	by: string;
}
export interface Standing {
	kind: Kind;
	shown: boolean;
	complete: boolean;
	child_must: boolean;
	guardian_must: boolean;
	optional: boolean;
	child: Said | null;
	guardian: Said | null;
}
export interface ConsentRow {
	person_id: string;
	name: string;
	code: string;
	complete: boolean;
	kinds: Standing[];
}
export interface ClassConsents {
	texts: ConsentText[];
	items: ConsentRow[];
}
export interface OwnConsents {
	texts: ConsentText[];
	kinds: Standing[];
}
export interface NewConsent {
	id: string;
	person_id: string;
	kind: Kind;
	party: Party;
	act: Act;
	relation?: GuardianRelation;
	text_version?: number;
	channel: Channel;
	on?: string;
}
export interface Choice {
	text: ConsentText;
	granted: boolean;
	withdrawn: boolean;
}

const at = (id: string) => ({ params: { path: { id } } });
export const classConsents = (id: string) =>
	takeAs<ClassConsents>(api.GET('/classes/{id}/consents', at(id)));
export const recordConsents = (id: string, events: NewConsent[]) =>
	takeAs<ClassConsents>(api.POST('/classes/{id}/consents', { ...at(id), body: { events } }));
export const myConsents = () => takeAs<OwnConsents>(api.GET('/me/consents'));
export const decideMine = (kind: Kind, act: Act, text_version: number) =>
	takeAs<OwnConsents>(
		api.POST('/me/consents', {
			body: { events: [{ id: newId(), kind, act, ...(act === 'grant' ? { text_version } : {}) }] }
		})
	);
export const byCode = (code: string) =>
	takeAs<{ items: Choice[] }>(api.GET('/consent/{code}', { params: { path: { code } } }));
export const withdrawByCode = (code: string, events: { id: string; kind: Kind }[]) =>
	takeAs<{ items: Choice[] }>(
		api.POST('/consent/{code}/withdrawal', { params: { path: { code } }, body: { events } })
	);

/** A file with names; the same id asked for again is one line of the school's log. */
async function file(path: string, body: object): Promise<void> {
	const reply = await apiFetch(
		new Request(new URL(BASE + path, location.origin), {
			method: 'POST',
			body: JSON.stringify({ id: newId(), ...body }),
			headers: { 'Content-Type': 'application/json' }
		})
	);
	if (!reply.ok)
		throw new ApiProblem(
			reply.status,
			(await reply.json().catch(() => ({}))) as Record<string, unknown>
		);
	await hand(reply);
}
export const printForms = (id: string, person_ids: string[]) =>
	file(`/classes/${id}/consent-forms`, { person_ids });
export const exportConsents = (id: string, format: 'xlsx' | 'csv') =>
	file(`/classes/${id}/consent-exports`, { format });
