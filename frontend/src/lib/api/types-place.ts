// Areas, households, registers, schools, accounts.
import type { Skill, RoleGrant, Relation } from './types.ts';
import type { CertificateStatus, LinkState } from './types-quiz.ts';

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
		boards_since: string | null;
		/** A grown-up learner with an own account. */
		adult: boolean;
	}[];
	events: { at: string; kind: string; by: string; reason: string | null }[];
	state: 'active' | 'merged';
	/** As the register has them; empty without the right to names. */
	members: { id: string; full_name: string; relation: Relation; birth_year: number | null }[];
	/** Merges that hold, the newest first. */
	merges: {
		id: string;
		kept: boolean;
		other_id: string;
		other_code: string;
		other_head: string;
		by: string;
		at: string;
		reason: string | null;
	}[];
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
