import { api, apiFetch, BASE, takeAs } from './client.ts';
import { hand } from './save.ts';
import { ApiProblem } from './problem.ts';
import type { Kind } from './consents.ts';
import type { Page, RoleName } from './types.ts';

export const KINDS = ['access', 'correction', 'restriction', 'deletion'] as const;
export type RequestKind = (typeof KINDS)[number];
export const REFUSALS = [
	'identity_unclear',
	'not_this_person',
	'law_keeps',
	'taken_back',
	'other'
] as const;
export type Refusal = (typeof REFUSALS)[number];
export interface DataRequest {
	id: string;
	kind: RequestKind;
	person_id: string;
	person_name: string;
	class_name: string;
	school_name: string;
	desk: 'school' | 'commune';
	asked_by: 'self' | 'guardian';
	relation: string;
	channel: string;
	wishes: Record<string, string>;
	note: string;
	state: 'filed' | 'taken' | 'done' | 'refused' | 'lifted';
	filed_name: string;
	filed_at: string;
	due_at: string;
	overdue: boolean;
	owner_name: string;
	own: boolean;
	reason: Refusal | '';
	answer: string;
	closed_name: string;
	closed_at: string | null;
	outcome: Record<string, unknown>;
	mine: boolean;
}
export interface Term {
	kind: RequestKind;
	working_days: number;
	source: string;
	sure: boolean;
}
export interface FoundPerson {
	person_id: string;
	full_name: string;
	birth_date: string;
	class_name: string;
	school_name: string;
	relation: string;
}
export interface NewRequest {
	id: string;
	kind: RequestKind;
	person_id: string;
	asked_by: 'self' | 'guardian';
	relation?: string;
	channel: 'in_person' | 'paper' | 'phone';
	wishes?: Record<string, string>;
	note?: string;
}
export type State = 'open' | 'closed';

const byId = (id: string) => ({ params: { path: { id } } });
/** What one filed or answers for; an administrator files nothing and has a door of their own. */
export const requests = (state: State, files: boolean) => {
	const query = { params: { query: { state } } };
	return takeAs<{ items: DataRequest[]; terms: Term[] }>(
		files ? api.GET('/data-requests', query) : api.GET('/data-requests/desk', query)
	);
};
export const findPersons = (query: { q: string } | { household: string }) =>
	takeAs<Page<FoundPerson>>(api.GET('/data-requests/persons', { params: { query } }));
export const fileRequest = (body: NewRequest) =>
	takeAs<DataRequest>(api.POST('/data-requests', { body }));
export const takeRequest = (id: string) =>
	takeAs<DataRequest>(api.POST('/data-requests/{id}/owner', byId(id)));
export const refuseRequest = (id: string, reason: string, answer: string) =>
	takeAs<DataRequest>(
		api.POST('/data-requests/{id}/refusal', { ...byId(id), body: { reason, answer } })
	);
export const completeRequest = (id: string, answer: string, confirm: string) =>
	takeAs<DataRequest>(
		api.POST('/data-requests/{id}/completion', { ...byId(id), body: { answer, confirm } })
	);
export const liftRestriction = (id: string) =>
	takeAs<DataRequest>(api.POST('/data-requests/{id}/lift', byId(id)));
/** Has the server make the file of everything kept, and hands it to the downloads. */
export async function copyData(id: string): Promise<void> {
	const reply = await apiFetch(
		new Request(new URL(`${BASE}/data-requests/${id}/copies`, location.origin), { method: 'POST' })
	);
	if (!reply.ok) {
		const problem = (await reply.json().catch(() => ({}))) as Record<string, unknown>;
		throw new ApiProblem(reply.status, problem);
	}
	await hand(reply);
}

/** One thing that a pupil or a guardian said about being named. */
export interface ConsentLine {
	id: string;
	kind: Kind;
	party: 'child' | 'guardian';
	act: 'grant' | 'withdraw';
	channel: 'paper' | 'in_person' | 'phone' | 'account' | 'code';
	on: string;
	by: string;
	at: string;
}
export const consentLog = (person: string) =>
	takeAs<Page<ConsentLine>>(api.GET('/students/{id}/consent-log', byId(person)));

export const LOOK_REASONS = [
	'complaint',
	'certificate_check',
	'duplicate',
	'welfare',
	'inspection',
	'other'
] as const;
export type LookReason = (typeof LOOK_REASONS)[number];
export interface Lookup {
	id: string;
	reason: LookReason;
	note: string;
	begun_at: string;
	ends_at: string;
	left: number;
}
export interface LookedUp {
	person_id: string;
	full_name: string;
	class_name: string;
	school_name: string;
	certificate_code: string;
}
export const currentLookup = () =>
	takeAs<{ lookup: Lookup | null }>(api.GET('/name-lookups/current'));
export const beginLookup = (id: string, reason: string, note: string) =>
	takeAs<Lookup>(api.POST('/name-lookups', { body: { id, reason, note } }));
export const lookUp = (id: string, query: { q: string } | { code: string }) =>
	takeAs<{ items: LookedUp[]; more: boolean }>(
		api.GET('/name-lookups/{id}/pupils', { params: { path: { id }, query } })
	);
export const endLookup = (id: string) =>
	takeAs<undefined>(api.DELETE('/name-lookups/{id}', byId(id)));

export interface AuditEntry {
	id: string;
	at: string;
	act: string;
	actor: string;
	account_id: string;
	role: RoleName | '';
	kind: string;
	subject: string;
	school: string;
	reason: LookReason | '';
	note: string;
	detail: Record<string, string>;
}
export interface AuditDay {
	day: string;
	entries: number;
	digest: string;
}
export interface AuditCheck {
	differences: number;
	entries: number;
	days: number;
	breaks: { where: string; at: string; reason: string }[];
}
export interface AuditFilter {
	act?: string;
	from?: string;
	to?: string;
}
export const audit = ({ act, ...days }: AuditFilter, after?: string) =>
	takeAs<Page<AuditEntry>>(
		api.GET('/audit', {
			params: { query: { ...days, ...(act ? { act: [act] } : {}), ...(after ? { after } : {}) } }
		})
	);
export const auditDays = () => takeAs<Page<AuditDay>>(api.GET('/audit/days'));
export const checkAudit = (day: string, digest: string) =>
	takeAs<AuditCheck>(
		api.GET('/audit/check', { params: { query: day || digest ? { day, digest } : {} } })
	);
