// Words for the contract's fixed codes.
import { m } from '#paraglide/messages.js';
import type { LinkState, Relation, RoleName, Skill, SkillState } from './api/types.ts';

const SKILL: Record<Skill, () => string> = {
	public_services: m.skill_public_services,
	online_shopping: m.skill_online_shopping,
	online_payment: m.skill_online_payment,
	self_protection: m.skill_self_protection,
	local_platforms: m.skill_local_platforms
};
export const skillName = (skill: Skill): string => SKILL[skill]?.() ?? skill;

const STATE: Record<SkillState, () => string> = {
	not_started: m.state_not_started,
	learning: m.state_learning,
	passed: m.state_passed,
	not_available: m.state_not_available
};
export const stateName = (state: SkillState): string => STATE[state]?.() ?? state;

const ROLE: Record<RoleName, () => string> = {
	student: m.role_student,
	teacher: m.role_teacher,
	school_admin: m.role_school_admin,
	commune_officer: m.role_commune_officer,
	dept_officer: m.role_dept_officer,
	team_member: m.role_team_member,
	admin: m.role_admin
};
export const roleName = (role: RoleName): string => ROLE[role]?.() ?? role;

const REASON: Record<string, () => string> = {
	issued_in_error: m.reason_issued_in_error,
	cheating: m.reason_cheating,
	wrong_person: m.reason_wrong_person,
	other: m.reason_other
};
/** A revocation reason: one of the listed codes, else as the officer wrote it. */
export const reasonName = (reason: string): string => REASON[reason]?.() ?? reason;

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
