// Words for the contract's fixed codes.
import { m } from '#paraglide/messages.js';
import type { Skill, SkillState } from './api/types.ts';

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
