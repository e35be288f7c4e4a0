// Words for the codes about people and their households.
import { m } from '#paraglide/messages.js';
import type { LinkState, Relation, RoleName } from './api/types.ts';

const ROLE: Record<RoleName, () => string> = {
	student: m.role_student,
	teacher: m.role_teacher,
	module_teacher: m.role_module_teacher,
	invigilator: m.role_invigilator,
	head: m.role_head,
	school_admin: m.role_school_admin,
	commune_officer: m.role_commune_officer,
	dept_officer: m.role_dept_officer,
	team_member: m.role_team_member,
	admin: m.role_admin
};
export const roleName = (role: RoleName): string => ROLE[role]?.() ?? role;

const REASON: Record<string, () => string> = {
	issued_in_error: m.reason_issued_in_error,
	proof_invalid: m.reason_proof_invalid,
	holder_request: m.reason_holder_request,
	other: m.reason_other
};
/** A revocation reason: one of the listed codes, else as the officer wrote it. */
export const REVOCATION_REASONS = Object.keys(REASON);
export function reasonName(reason: string): string {
	// A corrected name brings a new version; its code stands behind the word.
	const replaced = /^replaced(?:: (\w+))?$/.exec(reason);
	if (replaced) return [m.reason_replaced(), replaced[1]].filter(Boolean).join(': ');
	return REASON[reason]?.() ?? reason;
}

const RELATION: Record<Relation, () => string> = {
	child: m.relation_child,
	grandchild: m.relation_grandchild,
	sibling: m.relation_sibling,
	spouse: m.relation_spouse,
	head: m.relation_head,
	other: m.relation_other
};
export const relationName = (relation: Relation): string => RELATION[relation]?.() ?? relation;

const LINK: Record<LinkState, () => string> = {
	none: m.household_state_none,
	claimed: m.household_state_claimed,
	confirmed: m.household_state_confirmed,
	rejected: m.household_state_rejected,
	ended: m.household_state_ended
};
export const linkName = (state: LinkState): string => LINK[state]?.() ?? state;
export const linkTone = (state: LinkState): string =>
	({ none: '', claimed: 'warn', confirmed: 'ok', rejected: 'bad', ended: '' })[state] ?? '';

/** Many quarters are only numbered: "1" alone says nothing. */
export const placeName = (name: string): string =>
	/^\d+[a-z]?$/i.test(name.trim()) ? m.place_numbered({ name }) : name;
