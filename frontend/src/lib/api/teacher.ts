import { api, newId, take, takeAs } from './client.ts';
import type { LateAnswer } from './student.ts';
import type * as T from './types.ts';
import type { Relation } from './types.ts';

const at = (id: string) => ({ params: { path: { id } } });

export const classes = () => takeAs<T.Page<T.ClassHead>>(api.GET('/classes'));
/** The board of a class; only a school's board has no class of its own. */
export const board = (id: string): Promise<T.Board> =>
	takeAs<Omit<T.Board, 'class'> & { class: T.Board['class'] | null }>(
		api.GET('/classes/{id}/board', at(id))
	).then((b) => ({ ...b, class: b.class! }));
export const openSession = (body: {
	id: string;
	class_id: string;
	course_key: string | null;
	minutes: number;
}) => takeAs<T.LessonSession>(api.POST('/lesson-sessions', { body }));
export const sessions = (id: string) =>
	takeAs<T.Page<T.LessonSession>>(api.GET('/classes/{id}/lesson-sessions', at(id)));
export const session = (id: string) =>
	takeAs<T.LessonSession>(api.GET('/lesson-sessions/{id}', at(id)));
export const extendSession = (id: string, minutes: number) =>
	takeAs<T.LessonSession>(
		api.POST('/lesson-sessions/{id}/extension', { ...at(id), body: { minutes } })
	);
export const closeSession = (id: string) =>
	takeAs<T.LessonSession>(api.POST('/lesson-sessions/{id}/closing', at(id)));
export const releaseResults = (id: string) =>
	take(api.POST('/lesson-sessions/{id}/release', at(id)));

export const links = (id: string) =>
	takeAs<{ items: T.LinkRow[] }>(api.GET('/classes/{id}/household-links', at(id)));
export const findHouseholds = (id: string, q: string) =>
	takeAs<{ items: T.HouseholdHit[] }>(
		api.GET('/classes/{id}/households', { params: { path: { id }, query: { q } } })
	);
export const claimFor = (person_id: string, household_code: string, relation: Relation) =>
	take(
		api.POST('/household-links', { body: { id: newId(), person_id, household_code, relation } })
	);
export const decideLink = (id: string, decision: 'confirm' | 'reject', reason?: string) =>
	take(
		api.POST('/household-links/{id}/decision', {
			...at(id),
			body: { decision, ...(reason ? { reason } : {}) }
		})
	);
export const undoLink = (id: string) => take(api.POST('/household-links/{id}/undo', at(id)));
/** A pupil's quiz file, handed in by the teacher of the session. */
export const handInFor = (
	session: string,
	file: { attempt_id: string; seal: string; id: string; answers: LateAnswer[] }
) =>
	take(
		api.POST('/lesson-sessions/{id}/late-answers', {
			params: { path: { id: session } },
			body: file
		})
	);
