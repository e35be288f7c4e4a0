// Quizzes, their results, what is missing for a completion confirmation.
import type { Skill, RoleName, Relation } from './types.ts';
import type { QuestionView, Response, Feedback } from './types-learn.ts';

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
