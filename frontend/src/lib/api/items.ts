// How questions behave, what a class missed, lessons and cards for the wall, and mended questions.
import { api, take, takeAs } from './client.ts';
import type { Card, Kind, Page, QuestionView, Response } from './types.ts';

export interface ProjectedQuestion {
	question: QuestionView;
	key: Response;
	hints: string[];
	explain: string;
	worked_example: string;
}
export interface ProjectedLesson {
	lesson: { key: string; title: string; title_en: string; cards: Card[] } | null;
	questions: ProjectedQuestion[];
	/** Why the questions are left out; empty when they are there. */
	waiting: string;
}
export const projectedLesson = (course: string, lesson: string) =>
	takeAs<ProjectedLesson>(
		api.GET('/courses/{course}/lessons/{lesson}/projection', {
			params: { path: { course, lesson } }
		})
	);

export interface WrongChoice {
	code: string;
	text: string;
	n: number;
	feedback: string;
}
export interface Waiting {
	course_key: string;
	course_title: string;
	reason: 'quiz_open' | 'session_open' | 'late_awaited';
}
export interface ClassItem {
	course_key: string;
	course_title: string;
	question_key: string;
	question_hash: string;
	stem: string;
	n: number;
	missed: number;
	percent: number;
	wrong: WrongChoice | null;
}
export interface ClassItems {
	class_id: string;
	class_name: string;
	attempts: number;
	pupils: number;
	items: ClassItem[];
	waiting: Waiting[];
}
export interface ReteachCard {
	course_key: string;
	course_title: string;
	n: number;
	missed: number;
	wrong: WrongChoice | null;
	question: ProjectedQuestion;
	twin: ProjectedQuestion | null;
}
export interface Reteach {
	class_name: string;
	attempts: number;
	pupils: number;
	cards: ReteachCard[];
	waiting: Waiting[];
}
const ofClass = (id: string, session: string | null) => ({
	params: { path: { id }, query: session ? { session } : {} }
});
export const classItems = (id: string, session: string | null) =>
	takeAs<ClassItems>(api.GET('/classes/{id}/items', ofClass(id, session)));
export const reteach = (id: string, session: string | null) =>
	takeAs<Reteach>(api.GET('/classes/{id}/reteach', ofClass(id, session)));

export interface ClassRegrade {
	attempt_id: string;
	name: string;
	question_key: string;
	slot: number;
	old_percent: number;
	new_percent: number;
	pass_gained: boolean;
	at: string;
}
export const classRegrades = (id: string) =>
	takeAs<Page<ClassRegrade>>(api.GET('/classes/{id}/regrades', { params: { path: { id } } }));

export interface ItemFlag {
	n: number;
	difficulty: number;
	discrimination: number | null;
	flagged_at: string;
	cleared_at: string | null;
	cleared_reason: string;
}
export interface ItemAnalysis {
	course_key: string;
	course_title: string;
	question_key: string;
	question_hash: string;
	kind: Kind;
	stem: string;
	current: boolean;
	n: number;
	difficulty: number;
	discrimination: number | null;
	flag: ItemFlag | null;
	drawn: boolean;
	kept: boolean;
}
export interface ItemDetail extends ItemAnalysis {
	bottom_n: number;
	top_n: number;
	choices: {
		code: string;
		text: string;
		right: boolean;
		n: number;
		bottom: number;
		top: number;
	}[];
}
export const items = () => takeAs<Page<ItemAnalysis>>(api.GET('/item-analysis'));
export const item = (question: string) =>
	takeAs<ItemDetail>(api.GET('/item-analysis/{question}', { params: { path: { question } } }));
export const clearFlag = (question: string, reason: string) =>
	take(
		api.POST('/item-analysis/{question}/clearance', {
			params: { path: { question } },
			body: { reason }
		})
	);

export interface RegradeReport {
	course_key: string;
	question_key: string;
	from: string;
	to: string;
	old_stem: string;
	new_stem: string;
	applied: boolean;
	attempts: number;
	changed: number;
	unchanged: number;
	not_regradable: number;
	reason: string;
	waiting: number;
	open: number;
	up: number;
	down: number;
	pass_gained: number;
	below_now: number;
	certificates: number;
	classes: {
		school_name: string;
		class_name: string;
		changed: number;
		up: number;
		down: number;
		pass_gained: number;
		below_now: number;
	}[];
	changes: {
		attempt_id: string;
		school_name: string;
		class_name: string;
		name: string | null;
		slot: number;
		old_percent: number;
		new_percent: number;
		pass_gained: boolean;
		certificate: boolean;
		below_now: boolean;
	}[];
}
export const previewRegrade = (question: string, from: string, course: string) =>
	takeAs<RegradeReport>(
		api.GET('/regrades/preview', { params: { query: { question, from, course } } })
	);
export const applyRegrade = (question_key: string, from: string, course_key: string) =>
	takeAs<RegradeReport>(api.POST('/regrades', { body: { question_key, from, course_key } }));
