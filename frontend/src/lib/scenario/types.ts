// The scenario as the server sends it (curriculum/scenario/scenario.go, ForPlay).

export type Mode = 'guided' | 'assisted' | 'alone';
export const MODES: Mode[] = ['guided', 'assisted', 'alone'];

export type AppLook =
	| 'portal'
	| 'shop'
	| 'bank'
	| 'inbox'
	| 'chat'
	| 'call'
	| 'browser'
	| 'camera'
	| 'feed'
	| 'app'
	| 'paper';

export interface Scenario {
	key: string;
	course: string;
	title: string;
	title_en: string;
	summary: string;
	summary_en: string;
	minutes: number;
	objective: string;
	competences: string[];
	sources: string[];
	checked_on: string;
	story: string;
	task: string[];
	state: Record<string, string>;
	variants: Variant[];
	start: string;
	screens: Screen[];
	lures: Lure[];
	rubric: Rubric;
	coach: Tip[] | null;
	/** Only in the authors' preview. */
	solutions?: Example[];
	failures?: Example[];
	hash?: string;
}
export interface Variant {
	key: string;
	set: Record<string, string> | null;
}
export interface Screen {
	key: string;
	app: AppLook;
	title: string;
	address?: string;
	elements: Element[] | null;
	actions?: Action[];
}
export interface Element {
	key?: string;
	kind: 'text' | 'note' | 'image' | 'row' | 'item' | 'message' | 'review' | 'link' | 'qr' | 'field';
	when?: string;
	title?: string;
	text?: string;
	label?: string;
	value?: string;
	from?: string;
	time?: string;
	mine?: boolean;
	address?: string;
	image?: string;
	alt?: string;
	rating?: number;
	inspect?: string;
	sign?: { lure: string; text: string };
	input?: 'choice' | 'check' | 'number' | 'text';
	options?: { key: string; text: string }[];
	into?: string;
	accept?: { value: string; texts: string[] }[];
	actions?: Action[];
}
export interface Branch {
	when?: string;
	set?: Record<string, string>;
	add?: Record<string, number>;
	goto?: string;
	say?: string;
	end?: boolean;
}
export interface Action extends Branch {
	key: string;
	label: string;
	look?: 'primary' | 'plain' | 'danger' | 'back' | '';
	need?: string;
	need_say?: string;
	confirm?: string;
	then?: Branch[];
}
export interface Lure {
	key: string;
	difficulty?: 'easy' | 'medium' | 'hard';
	legit?: boolean;
	text: string;
	spotted?: string;
	fell?: string;
	rejected?: string;
}
export interface Criterion {
	key: string;
	when: string;
	text: string;
	missing?: string;
	points?: number;
}
export interface Rubric {
	pass_percent: number;
	critical: Criterion[];
	tasks: Criterion[];
	habits: Criterion[];
}
export interface Tip {
	screen?: string;
	when?: string;
	say: string;
	point?: string;
}
export interface Example {
	variant: string;
	log: string[];
	expect?: string;
}

/** One thing the pupil did; at = milliseconds since the run began, a claim of the device. */
export interface Entry {
	do: string;
	value?: string;
	at: number;
}
export interface Step {
	screen: string;
	do: string;
	value?: string;
	say?: string;
	blocked?: boolean;
	to: string;
}
export interface Result {
	percent: number;
	passed: boolean;
	ended: boolean;
	critical: string[];
	tasks_done: string[];
	tasks_missing: string[];
	habits: string[];
	habits_missing: string[];
	found: string[];
	missed: string[];
	legit_kept: string[];
	legit_rejected: string[];
	hard_found: number;
	hints: number;
}
