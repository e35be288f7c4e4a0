// The contract's shapes by the names the app uses. They are written out here because the
// generated schema (schema.d.ts) names them after the server's operations.

import type { Drill } from './learn.ts';

export const SKILLS = [
	'public_services',
	'online_shopping',
	'online_payment',
	'self_protection',
	'local_platforms'
] as const;
export type Skill = (typeof SKILLS)[number];

export type RoleName =
	| 'student'
	| 'teacher'
	| 'module_teacher'
	| 'invigilator'
	| 'head'
	| 'school_admin'
	| 'commune_officer'
	| 'dept_officer'
	| 'team_member'
	| 'admin';
export const ROLE_NAMES: RoleName[] = [
	'student',
	'teacher',
	'module_teacher',
	'invigilator',
	'head',
	'school_admin',
	'commune_officer',
	'dept_officer',
	'team_member',
	'admin'
];

export interface Page<T> {
	items: T[];
	next_cursor: string | null;
}
export interface RoleGrant {
	role: RoleName;
	scope_kind: 'class' | 'school' | 'area' | 'all' | 'self';
	scope_id: string | null;
	/** Code of the area, for its page of figures. */
	scope_code?: string | null;
	scope_name: string;
	/** The last day of a delegated role. */
	last_day?: string | null;
}
export interface Me {
	account_id: string;
	person_id: string | null;
	display_name: string;
	username: string;
	roles: RoleGrant[];
	home: 'student' | 'teacher' | 'school' | 'officer' | 'team' | 'admin';
	must_change_password: boolean;
	second_factor: { enabled: boolean; required: boolean };
	locale: string;
	/** Signed in with the card at a computer of the school: it ends with this lesson. */
	lesson: { id: string; class_name: string; closes_at: string; kind: 'pin' | 'icons' } | null;
}

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
	kind: 'course' | 'lessons' | 'quiz' | 'scenario';
	course_key: string;
	parts: string[];
	skill: Skill;
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

export interface Attempt {
	id: string;
	course_key: string;
	course_title: string;
	counts: boolean;
	state: 'open' | 'submitted' | 'closed';
	started_at: string;
	deadline_at: string;
	submitted_at: string | null;
	items: QuestionView[];
	answers: { slot: number; seq: number; response: Response }[];
	last_seq: number;
	current_slot: number;
	/** Goes into the file of a quiz that cannot be sent. */
	seal: string;
	/** Questions are offered to be read out. */
	read_aloud?: boolean;
}
export interface AttemptHead {
	id: string;
	course_key: string;
	percent: number | null;
	passed: boolean;
	counts: boolean;
	state: Attempt['state'];
	started_at: string;
	submitted_at: string | null;
}
export interface ResultItem {
	slot: number;
	percent: number;
	/** Found broken while it was answered: it does not count. */
	out: boolean;
	question: QuestionView;
	response: Response | null;
	key: Response;
	feedback: Feedback[];
	explain: string;
}
export interface MissingSkill {
	skill: Skill;
	lessons_done: number;
	lessons_total: number;
	best_percent: number | null;
	needs_session: boolean;
	passed: boolean;
	scenario_needed: boolean;
	scenario_passed: boolean;
}
export interface Missing {
	rule_version: number | string;
	skills: MissingSkill[];
	complete: boolean;
}
export interface Result {
	/** What mended questions changed, the oldest first. */
	regraded?: { slot: number; old_percent: number; new_percent: number; at: string }[];
	attempt_id: string;
	course_key: string;
	skill: Skill;
	percent: number;
	pass_percent: number;
	passed: boolean;
	counts: boolean;
	released: boolean;
	correct: number;
	slots: number;
	submitted_at: string;
	late_at: string | null;
	/** A device may still bring answers: no keys until then. */
	awaited: boolean;
	/** The score may be shown, keys wait for answers that may still come. */
	keys_wait: boolean;
	items: ResultItem[];
	skill_pass: { skill: Skill; at: string } | null;
	certificate: { code: string } | null;
	missing: Missing | null;
}
export type CertificateStatus = 'valid' | 'revoked';
export interface CertificateView {
	id?: string;
	person_id?: string;
	code: string;
	holder_name: string;
	school_name: string;
	class_name: string;
	/** The holder is not named to us, for want of consent. */
	name_withheld?: boolean;
	skills: Skill[];
	rule_version: number | string;
	issued_at: string;
	status: CertificateStatus;
	verify_url: string;
}
export type LinkState = 'none' | 'claimed' | 'confirmed' | 'rejected' | 'ended';
export const RELATIONS = ['child', 'grandchild', 'sibling', 'spouse', 'head', 'other'] as const;
export type Relation = (typeof RELATIONS)[number];
export interface MyHousehold {
	state: LinkState;
	link: {
		id: string;
		state: LinkState;
		relation: Relation;
		claimed_at: string;
		decided_at: string | null;
		decided_by_role: RoleName | null;
		reason: string | null;
	} | null;
	household: {
		code: string;
		village_name: string;
		commune_name: string;
		head_masked: string;
	} | null;
	covered: boolean | null;
}
export interface VillageHit {
	code: string;
	name: string;
	commune_name: string;
}

export interface ClassHead {
	id: string;
	name: string;
	grade: number;
	school_name: string;
	school_year: string;
	students: number;
	session: { id: string; code: string; closes_at: string } | null;
	pending_links: number;
	certified: number;
}
export interface BoardSkill {
	state: SkillState;
	best_percent: number | null;
	lessons_done: number;
	lessons_total: number;
	late: boolean;
}
export interface BoardStudent {
	person_id: string;
	name: string;
	sort_key_given?: string;
	skills: Partial<Record<Skill, BoardSkill>>;
	certificate: { code: string; status: CertificateStatus } | null;
	household: { state: LinkState; village_name: string } | null;
}
export interface Board {
	class: { id: string; name: string; school_name: string };
	students: BoardStudent[];
	totals: {
		students: number;
		certified: number;
		links_confirmed: number;
		by_skill: Partial<Record<Skill, number>>;
	};
}
export interface Participant {
	person_id: string;
	name: string;
	state: 'in' | 'working' | 'done';
	answered: number;
	slots: number;
	late: boolean;
	awaited: boolean;
}
export interface LessonSession {
	id: string;
	code: string;
	class_id: string;
	course_key: string | null;
	opened_at: string;
	closes_at: string;
	state: 'open' | 'closed';
	invigilated?: boolean;
	released_at?: string | null;
	class_name?: string;
	participants?: Participant[];
}
export interface LinkDoubt {
	kind: 'sibling' | 'other_surname' | 'namesake' | 'same_head' | 'other_claim';
	/** It keeps the link out of a bulk confirmation. */
	warns: boolean;
	person: string | null;
	household: HouseholdHit | null;
	state: LinkState | null;
}
export interface LinkRow {
	link_id: string | null;
	person_id: string;
	student_name: string;
	state: LinkState;
	relation: Relation | null;
	household: { id: string; code: string; head_name: string; village_name: string } | null;
	claimed_at: string | null;
	decided_at: string | null;
	decided_by: string | null;
	duplicate: boolean;
	claimed_role: RoleName | null;
	undo_until: string | null;
	doubts: LinkDoubt[];
}
export interface HouseholdHit {
	id: string;
	code: string;
	head_name: string;
	village_name: string;
}
export interface ImportReport {
	dry_run: boolean;
	rows: number;
	new: number;
	changed: number;
	left?: number;
	unchanged: number;
	errors: { row: number; column: string; reason: string }[];
	dropped_columns?: string[];
}

export type AreaLevel = 'province' | 'commune' | 'village';
export interface AreaRef {
	code: string;
	name: string;
	level: AreaLevel;
}
export interface AreaHit {
	id?: string;
	code: string;
	name: string;
	kind: string;
	level: AreaLevel | 'district';
	parent_code: string | null;
	valid_from: string | null;
	valid_to: string | null;
}
export interface AreaDetail extends AreaHit {
	ancestors: AreaRef[];
	successors: { code: string; name: string; extent: 'whole' | 'part'; on: string }[];
	predecessors: { code: string; name: string; extent: 'whole' | 'part'; on: string }[];
}
export interface Count {
	households: number;
	covered: number;
	not_covered: number;
	unknown: number;
}
export interface CoverageChild extends Count {
	code: string;
	name: string;
	level: AreaLevel;
	kind: string;
}
export interface Coverage extends Count {
	area: { code: string; name: string; level: AreaLevel; kind: string };
	ancestors: AreaRef[];
	register: { source: string; as_of: string; imported_at: string } | null;
	counted_at: string;
	exact: boolean;
	children: CoverageChild[];
}
export interface AreaExplanation {
	figure: Partial<Count>;
	definition: string;
	rule_version: number | string;
	last_changes: {
		at: string;
		delta_covered: number;
		delta_known: number;
		delta_households: number;
		cause: string;
		household_id: string | null;
		village_name?: string;
		hash: string;
	}[];
	batches: number;
	chain_ok: boolean;
}
export type HouseholdStatus = 'covered' | 'not_covered' | 'unknown';
export interface HouseholdRow {
	id: string;
	code: string;
	head_name: string;
	status: HouseholdStatus;
	members_confirmed: number;
	certified: number;
	covered_at: string | null;
}
export interface Household {
	id: string;
	code: string;
	head_name: string;
	village: { code: string; name: string };
	register: { source: string; as_of: string } | null;
	status: HouseholdStatus;
	covered_at: string | null;
	links: {
		id: string;
		person_id: string;
		name: string;
		relation: Relation;
		state: LinkState;
		decided_by: string | null;
		decided_at: string | null;
		certificate_code: string | null;
		name_withheld: boolean;
		certified: boolean;
	}[];
	events: { at: string; kind: string; by: string; reason: string | null }[];
}
export interface ChainStep {
	kind: 'household' | 'ledger' | 'link' | 'certificate' | 'pass' | 'attempt' | 'answers' | 'rule';
	id: string;
	at: string | null;
	title?: string;
	facts: Record<string, unknown>;
	hash: string | null;
}
export interface HouseholdExplanation {
	status: HouseholdStatus;
	reason: string;
	chain: ChainStep[];
	/** Every hash shown recomputes and follows the one before it. */
	intact?: boolean;
}
export interface Village {
	code: string;
	name: string;
	kind: string;
	commune_code: string;
	commune_name?: string;
	valid_from?: string;
	valid_to?: string | null;
}
export interface CertificateEvent {
	seq: number;
	kind: string;
	reason: string;
	by: string;
	at: string;
	hash: string;
}
export interface School {
	id: string;
	code: string;
	name: string;
	type: string;
}
export interface SchoolClass {
	id: string;
	name: string;
	grade: number;
	school_year: string;
}
/** What an import of households did, or would do. */
export interface RegisterReport extends ImportReport {
	/** Different households in the file: a row may be one member. */
	households?: number;
	/** Kept households that the file does not name; they stay. */
	missing?: number;
	error_count?: number;
	written?: boolean;
}
export interface Account {
	id: string;
	username: string;
	display_name: string;
	roles: RoleGrant[];
	disabled: boolean;
	second_factor: { enabled: boolean; required: boolean };
	must_change_password?: boolean;
	locked_until?: string | null;
	created_at?: string;
}
export interface Verification {
	code: string;
	status: CertificateStatus;
	holder_masked: string;
	school_name: string;
	skills: Skill[];
	issued_at: string;
	revoked_at: string | null;
	revocation_reason_code: string | null;
	rule_version: number | string;
	/** The rule asked for a scenario of each skill passed alone. */
	scenarios: boolean;
}
