// Shape of the generated schema, written by hand from the contract until `npm run types`
// can read the server's OpenAPI file.
import type * as T from './types';

interface Body<B> {
	content: { 'application/json': B };
}
type Op<R, P = undefined, Q = undefined, B = undefined> = ([B] extends [undefined]
	? { requestBody?: never }
	: { requestBody: Body<B> }) & {
	parameters: (P extends undefined ? { path?: undefined } : { path: P }) & { query?: Q };
	responses: {
		200: Body<R>;
		default: { content: { 'application/problem+json': Record<string, unknown> } };
	};
};
type None = Record<string, never>;
type Any = Record<string, unknown>;
interface Id {
	id: string;
}
interface Code {
	code: string;
}
interface SignIn {
	expires_in: number;
	me: T.Me;
}

export interface paths {
	'/sessions': {
		post: Op<
			SignIn,
			undefined,
			undefined,
			{ username: string; password: string; code?: string; cookies: boolean }
		>;
		delete: Op<void>;
	};
	'/sessions/current': { delete: Op<void> };
	'/me': { get: Op<T.Me> };
	'/me/password': { put: Op<void, undefined, undefined, { current: string; new: string }> };
	'/me/second-factor': {
		post: Op<{ secret: string; otpauth_url: string }>;
		delete: Op<void, undefined, undefined, { code: string }>;
	};
	'/me/second-factor/confirmation': {
		post: Op<{ recovery_codes: string[] }, undefined, undefined, { code: string }>;
	};
	'/home': { get: Op<T.Home> };
	'/courses': { get: Op<{ items: T.Course[] }> };
	'/courses/{course}': { get: Op<T.CourseDetail, { course: string }> };
	'/courses/{course}/lessons/{lesson}': {
		get: Op<T.Lesson, { course: string; lesson: string }>;
	};
	'/courses/{course}/questions/{question}/practice': {
		get: Op<T.PracticeQuestion, { course: string; question: string }>;
	};
	'/practice-answers': {
		post: Op<
			T.PracticeReply,
			undefined,
			undefined,
			{
				id: string;
				course_key: string;
				question_key: string;
				nonce: string;
				response: T.Response;
				miss: number;
			}
		>;
	};
	'/me/progress': { get: Op<{ lessons: T.LessonProgress[] }> };
	'/me/progress/{course}/{lesson}': {
		put: Op<
			{ seq: number; card_index: number; done_at: string | null },
			{ course: string; lesson: string },
			undefined,
			{ seq: number; card_index: number; done: boolean }
		>;
	};
	'/lesson-sessions/join': { post: Op<{ session: T.OpenSession }, undefined, undefined, Code> };
	'/attempts': {
		post: Op<
			T.Attempt,
			undefined,
			undefined,
			{ id: string; course_key: string; session_id: string | null }
		>;
	};
	'/attempts/{id}': { get: Op<T.Attempt, Id> };
	'/attempts/{id}/answers/{seq}': {
		put: Op<
			{ seq: number; slot: number; saved_at: string },
			{ id: string; seq: number },
			undefined,
			{ slot: number; response: T.Response }
		>;
	};
	'/attempts/{id}/answers': {
		post: Op<
			{ acked: number[]; last_seq: number; rejected: { seq: number; code: string }[] },
			Id,
			undefined,
			{ answers: { seq: number; slot: number; response: T.Response; client_at: string }[] }
		>;
	};
	'/attempts/{id}/position': { put: Op<void, Id, undefined, { slot: number }> };
	'/attempts/{id}/submission': { post: Op<T.Result, Id, undefined, None> };
	'/attempts/{id}/result': { get: Op<T.Result, Id> };
	'/me/attempts': { get: Op<T.Page<T.AttemptHead>> };
	'/me/certificate': {
		get: Op<{ certificate: T.CertificateView | null; missing: T.Missing | null }>;
	};
	'/me/household': { get: Op<T.MyHousehold> };
	'/me/household-claim': {
		post: Op<
			T.MyHousehold,
			undefined,
			undefined,
			{
				household_code?: string;
				village_code?: string;
				head_name?: string;
				relation: T.Relation;
			}
		>;
	};
	'/me/village-search': { get: Op<{ items: T.VillageHit[] }, undefined, { q: string }> };

	'/classes': { get: Op<T.Page<T.ClassHead>> };
	'/classes/{id}/board': { get: Op<T.Board, Id> };
	'/classes/{id}/assignments': { get: Op<T.Page<T.Assignment>, Id> };
	'/assignments': {
		post: Op<
			T.Assignment,
			undefined,
			undefined,
			{ id: string; class_id: string; course_key: string; opens_at: string; due_at: string }
		>;
	};
	'/assignments/{id}': { delete: Op<void, Id> };
	'/lesson-sessions': {
		post: Op<
			T.LessonSession,
			undefined,
			undefined,
			{ id: string; class_id: string; course_key: string | null; minutes: number }
		>;
	};
	'/lesson-sessions/{id}': { get: Op<T.LessonSession, Id> };
	'/lesson-sessions/{id}/extension': {
		post: Op<T.LessonSession, Id, undefined, { minutes: number }>;
	};
	'/lesson-sessions/{id}/closing': { post: Op<T.LessonSession, Id, undefined, None> };
	'/lesson-sessions/{id}/release': { post: Op<void, Id, undefined, None> };
	'/classes/{id}/lesson-sessions': { get: Op<T.Page<T.LessonSession>, Id> };
	'/classes/{id}/household-links': { get: Op<{ items: T.LinkRow[] }, Id> };
	'/classes/{id}/households': { get: Op<{ items: T.HouseholdHit[] }, Id, { q: string }> };
	'/household-links': {
		post: Op<
			Any,
			undefined,
			undefined,
			{ id: string; person_id: string; household_code: string; relation: T.Relation }
		>;
	};
	'/household-links/{id}/decision': {
		post: Op<Any, Id, undefined, { decision: 'confirm' | 'reject'; reason?: string }>;
	};
	'/household-links/{id}/ending': { post: Op<Any, Id, undefined, { reason: string; on: string }> };

	'/areas': {
		get: Op<
			T.Page<T.AreaHit>,
			undefined,
			{ q?: string; on?: string; level?: 'province' | 'district' | 'commune'; limit?: number }
		>;
	};
	'/areas/{code}': { get: Op<T.AreaDetail, Code, { on?: string }> };
	'/areas/{code}/coverage': { get: Op<T.Coverage, Code> };
	'/areas/{code}/coverage/explanation': { get: Op<T.AreaExplanation, Code> };
	'/villages/{code}/households': {
		get: Op<
			T.Page<T.HouseholdRow>,
			Code,
			{ status?: string; q?: string; cursor?: string; limit?: number }
		>;
	};
	'/villages': {
		get: Op<
			T.Page<T.Village>,
			undefined,
			{ commune: string; cursor?: string; limit?: number }
		>;
		post: Op<
			T.Village,
			undefined,
			undefined,
			{ commune_code: string; kind?: string; name: string; valid_from?: string; code?: string }
		>;
	};
	'/villages/{code}/move': {
		post: Op<T.Village, Code, undefined, { commune_code: string; on: string; reason: string }>;
	};
	'/villages/{code}/merge': {
		post: Op<Any, Code, undefined, { into_code: string; on: string; reason: string }>;
	};
	'/households/{id}': { get: Op<T.Household, Id> };
	'/households/{id}/explanation': { get: Op<T.HouseholdExplanation, Id> };
	'/households/{id}/move': {
		post: Op<Any, Id, undefined, { village_code: string; on: string; reason: string }>;
	};
	'/certificates': {
		get: Op<T.Page<T.CertificateView>, undefined, { q?: string; area?: string; cursor?: string }>;
	};
	'/certificates/{code}/history': { get: Op<{ items: T.CertificateEvent[] }, Code> };
	'/certificates/{code}/revocation': {
		post: Op<T.CertificateView, Code, undefined, { reason: string }>;
	};
	'/certificates/{code}/reinstatement': {
		post: Op<T.CertificateView, Code, undefined, { reason: string }>;
	};
	'/accounts': {
		get: Op<T.Page<T.Account>, undefined, { q?: string; role?: T.RoleName; cursor?: string }>;
		post: Op<T.Account, undefined, undefined, Any>;
	};
	'/accounts/{id}/roles': { put: Op<Any, Id, undefined, { roles: Any[] }> };
	'/accounts/{id}/password-reset': { post: Op<{ temporary_password: string }, Id, undefined, None> };
	'/accounts/{id}/second-factor': { put: Op<Any, Id, undefined, { required: boolean }> };
	'/accounts/{id}/disabling': { post: Op<Any, Id, undefined, None> };
	'/accounts/{id}/enabling': { post: Op<Any, Id, undefined, None> };
	'/accounts/{id}/unlocking': { post: Op<Any, Id, undefined, None> };
	'/accounts/{id}/second-factor-reset': { post: Op<Any, Id, undefined, None> };
	'/schools': { get: Op<T.Page<T.School>, undefined, { q?: string; commune?: string }> };
	'/schools/{id}/classes': { get: Op<T.Page<T.SchoolClass>, Id> };
	'/verify/{code}': { get: Op<T.Verification, Code> };
}
