// The live monitor, invigilated quizzes and their closing sheet.
import { api, take, takeAs } from './client.ts';
import type { Feedback, LessonSession, QuestionView, Response, ResultItem } from './types.ts';

export type Status =
	'needs_help' | 'offline' | 'unconfirmed' | 'paused' | 'working' | 'in' | 'done' | 'not_in';
export interface Alert {
	id: string;
	slot: number;
	state: 'pending' | 'accepted' | 'refused' | 'skipped' | 'withdrawn';
	reason: string;
	note: string;
	raised_at: string;
	expires_at: string;
	decided_reason: string;
	/** Slot of the question that stands in for it, 0: none. */
	replacement: number;
	/** For the teacher: how many questions could stand in for it. */
	spare: number;
}
export interface Place {
	kind: 'lesson' | 'practice' | 'quiz';
	course_key: string;
	title: string;
	n: number;
	total: number;
}
export interface LivePupil {
	person_id: string;
	name: string;
	status: Status;
	why: '' | 'alert' | 'called' | 'misses';
	since: string | null;
	place: Place | null;
	unsent: number;
	confirmed: boolean;
	extra_percent: number;
	attempt_id: string | null;
	late: boolean;
	awaited: boolean;
	alert: Alert | null;
}
export type LiveSession = LessonSession & { invigilated: boolean };
export interface LiveBoard {
	session: LiveSession;
	version: string;
	pupils: LivePupil[];
}
export interface WrongAnswer {
	course_key: string;
	misses: number;
	mended: boolean;
	at: string;
	question: QuestionView;
	response: Response;
	feedback: Feedback[];
	key: Response;
	explain: string;
}
export interface QuizGlance {
	attempt_id: string;
	course_key: string;
	state: 'open' | 'submitted' | 'closed';
	paused: boolean;
	started_at: string;
	deadline_at: string;
	answered: boolean[];
	alerts: Alert[];
	released: boolean;
	wrong: ResultItem[];
}
export interface PupilGlance {
	person_id: string;
	name: string;
	wrong: WrongAnswer[];
	quizzes: QuizGlance[];
}
export interface Decision {
	name: string;
	kind: string;
	reason: string;
	decided_by: string;
	decided_at: string;
}
export interface Unfinished {
	person_id: string;
	name: string;
	how: 'absent' | 'not_started' | 'by_teacher' | 'by_clock';
	answered: number;
	slots: number;
	category: string;
}
export interface ClosingSheet {
	session: LiveSession;
	finished: number;
	unfinished: Unfinished[];
	record: Decision[];
}
export interface SchoolIncidents {
	school_id: string;
	school_name: string;
	sessions: number;
	total: number;
	categories: Record<string, number>;
}

const at = (id: string) => ({ params: { path: { id } } });
const of = (id: string, person: string) => ({ params: { path: { id, person } } });

export const live = (id: string) =>
	takeAs<LiveBoard>(api.GET('/lesson-sessions/{id}/live', at(id)));
export const glance = (id: string, person: string) =>
	takeAs<PupilGlance>(api.GET('/lesson-sessions/{id}/pupils/{person}', of(id, person)));
export const helped = (id: string, person: string) =>
	take(api.POST('/lesson-sessions/{id}/pupils/{person}/help', of(id, person)));

export const setInvigilated = (id: string, on: boolean) =>
	take(api.PUT('/lesson-sessions/{id}/invigilation', { ...at(id), body: { on } }));
export const confirmPresence = (id: string, person_ids: string[] = []) =>
	take(api.POST('/lesson-sessions/{id}/presence', { ...at(id), body: { person_ids } }));
export const pause = (id: string, paused: boolean, person_id: string | null = null) =>
	take(api.POST('/lesson-sessions/{id}/pause', { ...at(id), body: { paused, person_id } }));
export const endFor = (
	id: string,
	person: string,
	body: { name: string; reason: 'left_room' | 'not_own_work' | 'technical' | 'other' }
) => take(api.POST('/lesson-sessions/{id}/pupils/{person}/ending', { ...of(id, person), body }));
export type AlertChoice = 'drop' | 'replace' | 'keep';
export const decideAlert = (id: string, choice: AlertChoice, reason: AlertReason) =>
	take(
		api.POST('/question-alerts/{id}/decision', {
			...at(id),
			body: { accept: choice !== 'keep', replace: choice === 'replace', reason }
		})
	);
export type AlertReason =
	'wrong_key' | 'unclear' | 'not_shown' | 'question_fine' | 'explained' | 'device_mended' | 'other';
export interface Accommodation {
	extra_percent: number;
	read_aloud: boolean;
}
export const accommodation = (person: string) =>
	takeAs<Accommodation>(api.GET('/students/{id}/accommodation', at(person)));
export const setAccommodation = (person: string, body: Accommodation) =>
	take(api.PUT('/students/{id}/accommodation', { ...at(person), body }));

export const closingSheet = (id: string) =>
	takeAs<ClosingSheet>(api.GET('/lesson-sessions/{id}/closing', at(id)));
export type Category =
	| ''
	| 'name_fix'
	| 'end_not_seen'
	| 'out_of_time'
	| 'simulator_hidden'
	| 'file_not_open'
	| 'site_blocked'
	| 'link_dead'
	| 'other';
export const noteIncident = (id: string, person: string, category: Category) =>
	take(
		api.PUT('/lesson-sessions/{id}/incidents/{person}', { ...of(id, person), body: { category } })
	);
export const incidents = () => takeAs<{ items: SchoolIncidents[] }>(api.GET('/incidents'));
