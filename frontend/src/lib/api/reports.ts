import { api, newId, take } from './client.ts';

export const REASONS = ['wrong_key', 'unclear', 'broken', 'outdated'] as const;
export type ReportReason = (typeof REASONS)[number];
export type ReportPlace = 'practice' | 'quiz' | 'result';
/** Which question, and where the pupil met it. */
export interface ReportOf {
	course_key: string;
	question_key: string;
	attempt_id: string | null;
	place: ReportPlace;
}
export interface ReportedQuestion {
	course_key: string;
	question_key: string;
	question_hash: string;
	stem: string;
	current: boolean;
	count: number;
	reasons: Record<string, number>;
	notes: string[];
	last_at: string;
}
export const report = (of: ReportOf, reason: ReportReason, note: string) =>
	take(api.POST('/question-reports', { body: { id: newId(), ...of, reason, note } }));
export const classReports = (id: string) =>
	take(api.GET('/classes/{id}/question-reports', { params: { path: { id } } }));
export const allReports = () => take(api.GET('/question-reports'));
