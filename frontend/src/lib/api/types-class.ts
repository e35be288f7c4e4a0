// Classes: boards, lessons, links, imports.
import type { Skill, RoleName, Relation } from './types.ts';
import type { SkillState } from './types-learn.ts';
import type { CertificateStatus, LinkState } from './types-quiz.ts';

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
	/** The only courses for which the reader has the class; empty: all. */
	courses: string[];
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
