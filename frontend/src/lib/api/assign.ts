// What pupils of a class are asked to do, who has not done it, and groups of pupils.
import { api, take, takeAs } from './client.ts';
import type { Page, Skill } from './types.ts';

export type Kind = 'course' | 'lessons' | 'quiz' | 'scenario' | 'bank';
export type To = 'class' | 'group' | 'pupils';
export type Release = 'at_once' | 'after_close' | 'after_due' | 'by_hand';
export interface Recipients {
	to: To;
	group_id: string | null;
	person_ids: string[];
}
export interface Assignment {
	id: string;
	class_id: string;
	kind: Kind;
	course_key: string;
	parts: string[];
	title: string;
	recipients: Recipients;
	group_name: string;
	opens_at: string;
	due_at: string;
	attempts: number | null;
	release: Release;
	released_at: string | null;
	version: number;
	done: number;
	begun: number;
	total: number;
}
export interface Terms {
	recipients: Recipients;
	opens_at: string;
	due_at: string;
	attempts: number | null;
	release: Release;
}
export interface NewAssignment extends Terms {
	id: string;
	class_id: string;
	kind: Kind;
	course_key: string;
	parts: string[];
}
export interface NotYet {
	person_id: string;
	name: string;
	state: 'not_started' | 'in_progress';
	again_until: string | null;
}
export interface CatchUp {
	class_id: string;
	class_name: string;
	students: number;
	assignments: { assignment: Assignment; over: boolean; not_yet: NotYet[] }[];
	skills: { skill: Skill; course_key: string; title: string; not_yet: NotYet[] }[];
}
export interface Group {
	id: string;
	class_id: string;
	name: string;
	person_ids: string[];
}
export interface Pupil {
	person_id: string;
	name: string;
}

const at = (id: string) => ({ params: { path: { id } } });
export const assignments = (id: string) =>
	takeAs<Page<Assignment>>(api.GET('/classes/{id}/assignments', at(id)));
export const catchUp = (id: string) => takeAs<CatchUp>(api.GET('/classes/{id}/catch-up', at(id)));
export const groups = (id: string) => takeAs<Page<Group>>(api.GET('/classes/{id}/groups', at(id)));
export const assign = (body: NewAssignment) =>
	takeAs<Assignment>(api.POST('/assignments', { body }));
export const editAssignment = (id: string, version: number, terms: Terms) =>
	takeAs<Assignment>(api.PUT('/assignments/{id}', { ...at(id), body: { version, ...terms } }));
export const copyAssignment = (id: string, copies: { id: string; class_id: string }[]) =>
	take(api.POST('/assignments/{id}/copies', { ...at(id), body: { copies } }));
export const endAssignment = (id: string) => take(api.POST('/assignments/{id}/end', at(id)));
export const releaseAssignment = (id: string) =>
	take(api.POST('/assignments/{id}/release', at(id)));
export const removeAssignment = (id: string) => take(api.DELETE('/assignments/{id}', at(id)));
export const putGroup = (
	id: string,
	body: { class_id: string; name: string; person_ids: string[] }
) => take(api.PUT('/groups/{id}', { ...at(id), body }));
export const removeGroup = (id: string) => take(api.DELETE('/groups/{id}', at(id)));
