import { api, newId, take, takeAs } from './client.ts';
import type * as T from './types.ts';
import type { Relation, Response } from './types.ts';

export const home = () => takeAs<T.Home>(api.GET('/home'));
export const courses = () => takeAs<{ items: T.Course[] }>(api.GET('/courses'));
export const course = (key: string) =>
	takeAs<T.CourseDetail>(api.GET('/courses/{course}', { params: { path: { course: key } } }));
export const lesson = (courseKey: string, key: string) =>
	takeAs<T.Lesson>(
		api.GET('/courses/{course}/lessons/{lesson}', {
			params: { path: { course: courseKey, lesson: key } }
		})
	);
export const progress = () => takeAs<{ lessons: T.LessonProgress[] }>(api.GET('/me/progress'));
export const putProgress = (
	course: string,
	lesson: string,
	body: { seq: number; card_index: number; done: boolean }
) =>
	take(api.PUT('/me/progress/{course}/{lesson}', { params: { path: { course, lesson } }, body }));

export const practiceQuestion = (course: string, question: string) =>
	takeAs<T.PracticeQuestion>(
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
}) => takeAs<T.PracticeReply>(api.POST('/practice-answers', { body: { id: newId(), ...body } }));

export const joinSession = (code: string) =>
	takeAs<{ session: T.OpenSession }>(api.POST('/lesson-sessions/join', { body: { code } }));

export const startAttempt = (id: string, course_key: string, session_id: string | null) =>
	takeAs<T.Attempt>(api.POST('/attempts', { body: { id, course_key, session_id } }));
export const attempt = (id: string) =>
	takeAs<T.Attempt>(api.GET('/attempts/{id}', { params: { path: { id } } }));
export const putAnswer = (id: string, seq: number, slot: number, response: Response) =>
	take(
		api.PUT('/attempts/{id}/answers/{seq}', {
			params: { path: { id, seq } },
			body: { slot, response }
		})
	);
export interface LateAnswer {
	seq: number;
	slot: number;
	response: Response;
	client_at: string;
}
export const postAnswers = (id: string, answers: LateAnswer[]) =>
	take(api.POST('/attempts/{id}/answers', { params: { path: { id } }, body: { answers } }));
export const putPosition = (id: string, slot: number) =>
	take(api.PUT('/attempts/{id}/position', { params: { path: { id } }, body: { slot } }));
export const submit = (id: string) =>
	takeAs<T.Result>(api.POST('/attempts/{id}/submission', { params: { path: { id } } }));
export const sendLate = (id: string, body: { id: string; answers: LateAnswer[] }) =>
	take(api.POST('/attempts/{id}/late-answers', { params: { path: { id } }, body }));
export const settle = (id: string) =>
	take(api.POST('/attempts/{id}/settlement', { params: { path: { id } } }));
export const result = (id: string) =>
	takeAs<T.Result>(api.GET('/attempts/{id}/result', { params: { path: { id } } }));
export const attempts = () => takeAs<T.Page<T.AttemptHead>>(api.GET('/me/attempts'));

export const certificate = () =>
	takeAs<{ certificate: T.CertificateView | null; missing: T.Missing | null }>(
		api.GET('/me/certificate')
	);
export const household = () => takeAs<T.MyHousehold>(api.GET('/me/household'));
export const claimHousehold = (body: {
	household_code?: string;
	village_code?: string;
	head_name?: string;
	relation: Relation;
}) => takeAs<T.MyHousehold>(api.POST('/me/household-claim', { body }));
export const searchVillages = (q: string) =>
	takeAs<{ items: T.VillageHit[] }>(api.GET('/me/village-search', { params: { query: { q } } }));
