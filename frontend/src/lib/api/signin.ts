// Signing in at the school's computers: for pupils, and what a teacher does about it.
import { api, apiFetch, BASE, take, takeAs } from './client.ts';
import { ApiProblem } from './problem.ts';
import type { Me } from './types.ts';

export type SecretKind = 'pin' | 'icons';
export interface LessonName {
	person_id: string;
	name: string;
	/** The user name, where two pupils of the class have one name. */
	hint: string;
	kind: SecretKind | 'none';
}
export interface Door {
	lesson: { id: string; class_name: string; closes_at: string };
	names: LessonName[];
}
export const lookUp = (code: string) =>
	takeAs<Door>(api.POST('/lesson-sign-in/lookup', { body: { code } }));
export const enter = (code: string, person_id: string, secret: string) =>
	takeAs<{ expires_in: number; me: Me }>(
		api.POST('/lesson-sign-in', { body: { code, person_id, secret, cookies: true } })
	);
export const checkSecret = (secret: string) =>
	take(api.POST('/me/lesson/secret-check', { body: { secret } }));

export interface LockedName {
	person_id: string;
	name: string;
	locked_at: string;
}
const at = (id: string) => ({ params: { path: { id } } });
export const locks = (session: string) =>
	takeAs<{ items: LockedName[] }>(api.GET('/lesson-sessions/{id}/locks', at(session)));
export const unlock = (session: string, person_id: string) =>
	take(api.POST('/lesson-sessions/{id}/unlocks', { ...at(session), body: { person_id } }));

export interface CardState {
	person_id: string;
	name: string;
	username: string;
	state: 'ready' | 'none' | 'other';
	made_at: string | null;
}
export interface Cards {
	kind: SecretKind;
	items: CardState[];
}
export const signInCards = (id: string) =>
	takeAs<Cards>(api.GET('/classes/{id}/sign-in-cards', at(id)));
export const setCardKind = (id: string, kind: SecretKind) =>
	take(api.PUT('/classes/{id}/sign-in-cards/kind', { ...at(id), body: { kind } }));

/** Makes new secrets and gives the cards as a PDF: the only time they can be read. */
export async function printCards(id: string, person_ids: string[]): Promise<Blob> {
	const reply = await apiFetch(
		new Request(new URL(`${BASE}/classes/${id}/sign-in-cards`, location.origin), {
			method: 'POST',
			body: JSON.stringify({ person_ids }),
			headers: { 'Content-Type': 'application/json' }
		})
	);
	if (!reply.ok)
		throw new ApiProblem(
			reply.status,
			(await reply.json().catch(() => ({}))) as Record<string, unknown>
		);
	return reply.blob();
}
