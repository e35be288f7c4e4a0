import { api, apiFetch, BASE, takeAs } from './client.ts';
import { hand } from './save.ts';
import { ApiProblem } from './problem.ts';

export const MY_KINDS = ['access', 'correction', 'restriction', 'deletion'] as const;
export type MyKind = (typeof MY_KINDS)[number];
export const MY_GUARDIANS = ['mother', 'father', 'grandparent', 'guardian'] as const;
export type MyGuardian = (typeof MY_GUARDIANS)[number];
export interface MyRequest {
	id: string;
	kind: MyKind;
	asked_by: 'self' | 'guardian';
	channel: 'paper' | 'in_person' | 'phone' | 'account';
	desk: 'school' | 'commune';
	wishes: Record<string, string>;
	note: string;
	state: 'filed' | 'taken' | 'done' | 'refused' | 'lifted';
	filed_at: string;
	due_at: string;
	overdue: boolean;
	reason: '' | 'identity_unclear' | 'not_this_person' | 'law_keeps' | 'taken_back' | 'other';
	answer: string;
	closed_at: string | null;
	has_copy: boolean;
}
export interface MyData {
	items: MyRequest[];
	terms: { kind: MyKind; working_days: number; source: string; sure: boolean }[];
	school: string;
	commune: string;
	young: boolean;
}
export interface NewMyRequest {
	id: string;
	kind: MyKind;
	guardian?: MyGuardian;
	wishes?: Record<string, string>;
	note?: string;
}

export const myData = () => takeAs<MyData>(api.GET('/me/data-requests'));
export const askMyData = (body: NewMyRequest) =>
	takeAs<MyData>(api.POST('/me/data-requests', { body }));
export const takeBackMine = (id: string) =>
	takeAs<undefined>(api.POST('/me/data-requests/{id}/withdrawal', { params: { path: { id } } }));
/** Has the server make the file of everything kept, and hands it to the downloads. */
export async function copyMine(id: string, secret: string): Promise<void> {
	const reply = await apiFetch(
		new Request(new URL(`${BASE}/me/data-requests/${id}/copies`, location.origin), {
			method: 'POST',
			body: JSON.stringify({ secret }),
			headers: { 'Content-Type': 'application/json' }
		})
	);
	if (!reply.ok) {
		const problem = (await reply.json().catch(() => ({}))) as Record<string, unknown>;
		throw new ApiProblem(reply.status, problem);
	}
	await hand(reply);
}
