// Words for the codes of family missions.
import { m } from '#paraglide/messages.js';
import type { CheckState, Kinship, MissionState, Whose } from '../api/family.ts';

const KINSHIP: Record<Kinship, () => string> = {
	mother: m.kin_mother,
	father: m.kin_father,
	grandmother_mother: m.kin_grandmother_mother,
	grandfather_mother: m.kin_grandfather_mother,
	grandmother_father: m.kin_grandmother_father,
	grandfather_father: m.kin_grandfather_father,
	sibling: m.kin_sibling,
	aunt_uncle: m.kin_aunt_uncle,
	guardian: m.kin_guardian,
	other: m.kin_other
};
export const kinshipName = (kinship: string): string => KINSHIP[kinship as Kinship]?.() ?? kinship;

const STATE: Record<MissionState, { name: () => string; tone: string }> = {
	waiting: { name: m.family_state_waiting, tone: 'brand' },
	confirmed: { name: m.family_state_confirmed, tone: 'ok' },
	expired: { name: m.family_state_expired, tone: '' }
};
export const missionState = (state: MissionState): string => STATE[state]?.name() ?? state;
export const missionTone = (state: MissionState): string => STATE[state]?.tone ?? '';

const CHECK: Record<Exclude<CheckState, ''>, { name: () => string; tone: string }> = {
	match: { name: m.family_check_match, tone: 'ok' },
	no_match: { name: m.family_check_no_match, tone: 'warn' },
	unreachable: { name: m.family_check_unreachable, tone: '' }
};
export const checkName = (check: CheckState): string =>
	check ? CHECK[check].name() : m.family_check_none();
export const checkTone = (check: CheckState): string => (check ? CHECK[check].tone : 'brand');
export const whoseName = (whose: Whose): string =>
	whose === 'own' ? m.family_whose_own() : m.family_whose_shared();
