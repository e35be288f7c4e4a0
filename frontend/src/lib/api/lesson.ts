// A pupil's side of an open lesson: the pulse, the call for help, the alert.
import { api, take, takeAs } from './client.ts';
import type { Alert } from './monitor.ts';
import type { ReportReason } from './reports.ts';

export interface LessonAttempt {
	id: string;
	paused: boolean;
	deadline_at: string;
	alerts: Alert[];
}
export interface Lesson {
	session: { id: string; closes_at: string; class_name: string } | null;
	invigilated: boolean;
	confirmed: boolean;
	called: boolean;
	attempt: LessonAttempt | null;
	/** Seconds until the next pulse. */
	next: number;
}
export const pulse = (unsent: number) =>
	takeAs<Lesson>(api.POST('/me/lesson-pulse', { body: { unsent } }));
export const callTeacher = (session: string, id: string) =>
	take(
		api.POST('/lesson-sessions/{id}/calls', { params: { path: { id: session } }, body: { id } })
	);
export const callOff = (session: string) =>
	take(api.DELETE('/lesson-sessions/{id}/calls', { params: { path: { id: session } } }));
export const raiseAlert = (
	attempt: string,
	body: { id: string; slot: number; reason: ReportReason; note: string }
) => takeAs<Alert>(api.POST('/attempts/{id}/alerts', { params: { path: { id: attempt } }, body }));
export const withdrawAlert = (id: string) =>
	take(api.DELETE('/question-alerts/{id}', { params: { path: { id } } }));
