// The contract's shapes by the names the app uses. They are written out here because the
// generated schema (schema.d.ts) names them after the server's operations.

export type * from './types-learn.ts';
export type * from './types-quiz.ts';
export type * from './types-class.ts';
export type * from './types-place.ts';

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
	/** Of a module teacher: the one course it is for; empty: every course. */
	course_key?: string;
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
	/** A grown-up member of a household: not spoken to as a pupil. */
	adult?: boolean;
	/** Signed in with the card at a computer of the school: it ends with this lesson. */
	lesson: { id: string; class_name: string; closes_at: string; kind: 'pin' | 'icons' } | null;
}
export const RELATIONS = ['child', 'grandchild', 'sibling', 'spouse', 'head', 'other'] as const;
export type Relation = (typeof RELATIONS)[number];
