// What pupils learn: home, courses, lessons, questions.
import type { Drill } from './learn.ts';
import type { Skill } from './types.ts';
import type { CertificateStatus, LinkState } from './types-quiz.ts';

export type SkillState = 'not_started' | 'learning' | 'passed' | 'not_available';
export interface SkillTile {
	skill: Skill;
	course_key: string;
	title: string;
	state: SkillState;
	lessons_done: number;
	lessons_total: number;
	best_percent: number | null;
	passed_at: string | null;
	/** Of a passed skill: "review" is "cần ôn"; the certificate does not depend on it. */
	freshness: '' | 'fresh' | 'review';
	fresh_until: string | null;
}
export interface NextStep {
	kind: 'lesson' | 'scenario' | 'practice' | 'quiz' | 'join_session' | 'certificate' | 'none';
	scenario_key?: string | null;
	course_key: string;
	lesson_key: string | null;
	title: string;
	minutes: number;
	card: number;
	cards_total: number;
}
export interface HomeAssignment {
	id: string;
	kind: 'course' | 'lessons' | 'quiz' | 'scenario' | 'bank';
	/** Of bank the key of a question set. */
	course_key: string;
	parts: string[];
	/** Empty for bank. */
	skill: Skill | '';
	title: string;
	class_name: string;
	opens_at: string;
	due_at: string;
	minutes: number;
	bytes: number;
	/** Null where there is no limit; with 0, again after due_at. */
	attempts_left: number | null;
	best_percent: number | null;
	state: 'not_started' | 'in_progress' | 'done' | 'overdue';
}
export interface OpenSession {
	id: string;
	code: string;
	course_key: string | null;
	class_name: string;
	closes_at: string;
	joined?: boolean;
}
export interface Home {
	/** Own results that a mended question changed, not looked at yet. */
	regraded?: {
		attempt_id: string;
		course_title: string;
		slot: number;
		old_percent: number;
		new_percent: number;
	}[];
	person: { display_name: string; class_name: string; school_name: string };
	skills: SkillTile[];
	next: NextStep | null;
	assignments: HomeAssignment[];
	session: OpenSession | null;
	open_attempt: { id: string; course_key: string; answered: number; slots: number } | null;
	certificate: { code: string; issued_at: string; status: CertificateStatus } | null;
	household: { state: LinkState; village_name: string } | null;
	class_goal: { households_total: number; households_covered: number };
	drill: Drill | null;
}
export interface LessonHead {
	key: string;
	title: string;
	title_en: string;
	goal: string;
	goal_en: string;
	minutes: number;
	cards: number;
}
export interface Course {
	key: string;
	skill: Skill;
	level: string;
	title: string;
	title_en: string;
	summary: string;
	summary_en: string;
	minutes: number;
	bytes: number;
	lessons: LessonHead[];
	hash: string;
}
export interface Term {
	term: string;
	meaning: string;
	meaning_en: string;
}
export interface Source {
	title: string;
	publisher: string;
	date: string;
	checked_on: string;
}
export type PlatformKind = 'app' | 'web' | 'phone' | 'zalo' | 'counter';
export interface Platform {
	key: string;
	name: string;
	kind: PlatformKind;
	purpose: string;
	how: string;
	status: 'in_use' | 'ask';
	checked_on: string;
	source: Source;
}
export interface CourseDetail extends Course {
	glossary: Term[];
	goals: string[];
	sources: Source[];
	/** Digital platforms of the reader's place; place_title names the place. */
	platforms: Platform[];
	place_title: string;
	place_title_en: string;
	quiz: { minutes: number; slots: number; pass_percent: number };
}
export interface Picture {
	src: string;
	alt: string;
}
export interface Card {
	key: string;
	title: string;
	html: string;
	text: string;
	action: string;
	image: Picture | null;
	sources: Source[];
	/** Name of the recording, empty when the device's own voice reads. */
	audio: string;
}
export interface Lesson {
	course_key: string;
	key: string;
	title: string;
	title_en: string;
	goal: string;
	minutes: number;
	hash: string;
	bytes: number;
	cards: Card[];
	practice: string[];
	sources: Source[];
}
export interface LessonProgress {
	course_key: string;
	lesson_key: string;
	card_index: number;
	done_at: string | null;
	seq: number;
	/** How it was done when it was not read: a placement test showed that it is known. */
	via: '' | 'placement';
}
export type Kind = 'single' | 'multiple' | 'true_false' | 'order' | 'match' | 'spot';
export interface Option {
	key: string;
	text: string;
}
export interface Spot {
	key: string;
	x: number;
	y: number;
	w: number;
	h: number;
	label: string;
}
export interface Message {
	channel: 'sms' | 'chat' | 'email' | 'call' | 'web' | 'qr';
	sender: string;
	time: string;
	parts: Option[];
}
export interface QuestionView {
	slot?: number;
	question_key: string;
	kind: Kind;
	stem: string;
	image: Picture | null;
	options: Option[];
	lefts: Option[];
	rights: Option[];
	message: Message | null;
	spots: Spot[] | null;
}
/** One answer; which fields are filled depends on the question's kind. */
export interface Response {
	choice?: string;
	choices?: string[];
	verdict?: boolean;
	reason?: string;
	order?: string[];
	pairs?: Record<string, string>;
	marks?: string[];
}
export interface Feedback {
	ref: string | null;
	ok: boolean;
	text: string;
}
export interface PracticeQuestion {
	nonce: string;
	question: QuestionView;
}
export interface PracticeReply {
	correct: boolean;
	percent: number;
	feedback: Feedback[];
	hint: string | null;
	worked_example: string | null;
	explain: string | null;
	/** A like question to go on with, from the third miss on. */
	twin: string | null;
}
