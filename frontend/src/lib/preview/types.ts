// Course files as the preview reads them (curriculum/types.go), as far as it shows them.
import type { Kind, Message, Picture, Skill, Source, Spot, Term } from '../api/types.ts';
import type { Scenario } from '../scenario/types.ts';

export interface Draft {
	dir: string;
	version: string;
	courses: Course[];
	problems: { file: string; line: number; reason: string; warning: boolean }[];
}
export interface Course {
	key: string;
	skill: Skill;
	level: string;
	title: string;
	summary: string;
	sources: Source[];
	glossary: Term[];
	lessons: Lesson[];
	questions: Question[];
	scenarios?: Scenario[];
	plans?: Plan[];
	leaflet?: Leaflet;
}
export interface Lesson {
	key: string;
	title: string;
	goal: string;
	minutes: number;
	practice: string[];
	cards: {
		key: string;
		title: string;
		html: string;
		action?: string;
		image?: Picture;
		sources?: string[];
	}[];
}
export interface Option {
	key: string;
	text: string;
	correct?: boolean;
	feedback?: string;
}
export interface Question {
	key: string;
	kind: Kind;
	objective: string;
	use: string;
	difficulty: number;
	stem: string;
	hints: string[];
	explain: string;
	worked_example?: string;
	twin?: string;
	lesson?: string;
	image?: Picture;
	options?: Option[];
	answer?: boolean;
	wrong_feedback?: string;
	pairs?: { key: string; left: string; right: string; feedback: string }[];
	extra?: Option[];
	message?: Omit<Message, 'parts'> & {
		parts: { key: string; text: string; sign: boolean; feedback: string }[];
	};
	spots?: (Spot & { sign: boolean; feedback: string })[];
}
export interface Plan {
	key: string;
	title: string;
	lessons: string[];
	goals: string[];
	prepare: string[];
	prepare_offline: string[];
	steps: { minutes: number; name: string; teacher: string; pupils: string; offline: string }[];
	check: string;
	home: string;
}
export interface Leaflet {
	title: string;
	lead: string;
	points: { title: string; text: string }[];
	tonight: string[];
	ask: string;
}
