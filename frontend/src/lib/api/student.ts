import { api, newId, take } from './client.ts';
import type { Relation, Response } from './types.ts';

export const home = () => take(api.GET('/home'));
export const courses = () => take(api.GET('/courses'));
export const course = (key: string) =>
	take(api.GET('/courses/{course}', { params: { path: { course: key } } }));
export const lesson = (courseKey: string, key: string) =>
	take(
		api.GET('/courses/{course}/lessons/{lesson}', {
			params: { path: { course: courseKey, lesson: key } }
		})
	);
export const progress = () => take(api.GET('/me/progress'));
export const putProgress = (
	course: string,
	lesson: string,
	body: { seq: number; card_index: number; done: boolean }
) =>
	take(api.PUT('/me/progress/{course}/{lesson}', { params: { path: { course, lesson } }, body }));

export const practiceQuestion = (course: string, question: string) =>
	take(
		api.GET('/courses/{course}/questions/{question}/practice', {
			params: { path: { course, question } }
		})
	);
export const practiceAnswer = (body: {
	course_key: string;
	question_key: string;
	nonce: string;
	response: Response;
	miss: number;
}) => take(api.POST('/practice-answers', { body: { id: newId(), ...body } }));

export const joinSession = (code: string) =>
	take(api.POST('/lesson-sessions/join', { body: { code } }));

export const startAttempt = (id: string, course_key: string, session_id: string | null) =>
	take(api.POST('/attempts', { body: { id, course_key, session_id } }));
export const attempt = (id: string) =>
	take(api.GET('/attempts/{id}', { params: { path: { id } } }));
export const putAnswer = (id: string, seq: number, slot: number, response: Response) =>
	take(
		api.PUT('/attempts/{id}/answers/{seq}', {
			params: { path: { id, seq } },
			body: { slot, response }
		})
	);
export const postAnswers = (
	id: string,
	answers: { seq: number; slot: number; response: Response; client_at: string }[]
) => take(api.POST('/attempts/{id}/answers', { params: { path: { id } }, body: { answers } }));
export const putPosition = (id: string, slot: number) =>
	take(api.PUT('/attempts/{id}/position', { params: { path: { id } }, body: { slot } }));
export const submit = (id: string) =>
	take(api.POST('/attempts/{id}/submission', { params: { path: { id } }, body: {} }));
export const result = (id: string) =>
	take(api.GET('/attempts/{id}/result', { params: { path: { id } } }));
export const attempts = () => take(api.GET('/me/attempts'));

export const certificate = () => take(api.GET('/me/certificate'));
export const household = () => take(api.GET('/me/household'));
export const claimHousehold = (body: {
	household_code?: string;
	village_code?: string;
	head_name?: string;
	relation: Relation;
}) => take(api.POST('/me/household-claim', { body }));
export const searchVillages = (q: string) =>
	take(api.GET('/me/village-search', { params: { query: { q } } }));
