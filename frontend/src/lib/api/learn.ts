// What surrounds the lessons: the drill of the week, the placement test, the teacher's plans.
import { api, take, takeAs } from './client.ts';
import type { LessonHead, QuestionView, Response, Skill, Source } from './types.ts';

export interface DrillEnd {
	right: number;
	total: number;
	shown_home: boolean;
	done_at: string;
}
export interface Drill {
	key: string;
	skill: Skill;
	course_key: string;
	title: string;
	title_en: string;
	alert: string;
	alert_en: string;
	ask_home: string;
	source: Source;
	/** Keys of practice questions of the course. */
	items: string[];
	seconds: number;
	done: DrillEnd | null;
}
export const drill = () => takeAs<{ drill: Drill | null }>(api.GET('/drill'));
export const finishDrill = (key: string, id: string, shown_home: boolean) =>
	take(
		api.POST('/drills/{key}/completion', { params: { path: { key } }, body: { id, shown_home } })
	);

export interface PlacementResult {
	right: number;
	total: number;
	lessons: { key: string; title: string; title_en: string; skipped: boolean }[];
	taken_at: string;
}
export interface PlacementTest {
	course_key: string;
	minutes: number;
	nonce: string;
	questions: { key: string; question: QuestionView }[];
	result: PlacementResult | null;
}
export interface PlacementAnswers {
	id: string;
	nonce: string;
	answers: { question_key: string; response: Response }[];
}
const of = (course: string) => ({ params: { path: { course } } });
export const placement = (course: string) =>
	takeAs<PlacementTest>(api.GET('/courses/{course}/placement', of(course)));
export const takePlacement = (course: string, body: PlacementAnswers) =>
	takeAs<PlacementResult>(api.POST('/courses/{course}/placement', { ...of(course), body }));

export interface PlanStep {
	minutes: number;
	name: string;
	teacher: string;
	pupils: string;
	offline: string;
}
export interface Plan {
	key: string;
	title: string;
	title_en: string;
	lessons: string[];
	goals: string[];
	prepare: string[];
	prepare_offline: string[];
	steps: PlanStep[];
	check: string;
	home: string;
}
export interface Leaflet {
	title: string;
	title_en: string;
	lead: string;
	points: { title: string; text: string }[];
	tonight: string[];
	ask: string;
}
export interface Objective {
	key: string;
	text: string;
	text_en: string;
	competences: string[];
}
export interface Teaching {
	course_key: string;
	skill: Skill;
	level: string;
	title: string;
	title_en: string;
	lessons: LessonHead[];
	scenarios: { key: string; title: string; title_en: string; minutes: number }[];
	objectives: Objective[];
	plans: Plan[];
	leaflet: Leaflet | null;
	sources: Source[];
	hash: string;
}
export const teaching = (course: string) =>
	takeAs<Teaching>(api.GET('/courses/{course}/teaching', of(course)));
