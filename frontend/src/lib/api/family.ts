import { api, newId, takeAs } from './client.ts';
import type { Skill } from './types.ts';
import type { Entry, Scenario } from '../scenario/types.ts';

export type MissionState = 'waiting' | 'confirmed' | 'expired';
export const KINSHIPS = [
	'mother',
	'father',
	'grandmother_mother',
	'grandfather_mother',
	'grandmother_father',
	'grandfather_father',
	'sibling',
	'aunt_uncle',
	'guardian',
	'other'
] as const;
export type Kinship = (typeof KINSHIPS)[number];
/** On whose phone it was: the relative's own, or the pupil's. */
export type Whose = 'own' | 'shared';

export interface Mission {
	id: string;
	/** In groups, for reading out; empty once confirmed or over. */
	code: string;
	course_key: string;
	skill: Skill;
	scenario_key: string;
	state: MissionState;
	/** Empty until confirmed. */
	kinship: Kinship | '';
	/** False for a relative who was counted before. */
	counted: boolean;
	created_at: string;
	expires_at: string;
	confirmed_at: string | null;
}
/** What a relative's code is for; nothing in it is about the pupil. */
export interface Invitation {
	skill: Skill;
	steps: number;
	variant: string;
	scenario: Scenario;
	kinships: Kinship[];
	expires_at: string;
}
export interface Confirmation {
	id: string;
	kinship: Kinship;
	pin: string;
	device: Whose;
	agreed: boolean;
	log: Entry[];
}
export interface Thanks {
	skill: Skill;
	counted: boolean;
	confirmed_at: string;
}
export type CheckState = '' | 'match' | 'no_match' | 'unreachable';
export interface Sampled {
	id: string;
	person_id: string;
	name: string;
	skill: Skill;
	kinship: Kinship;
	device: Whose;
	confirmed_at: string;
	check: CheckState;
	checked_at: string | null;
	tries_left: number;
}
export interface Sample {
	confirmed: number;
	relatives: number;
	checked: number;
	items: Sampled[];
}

export const myMissions = () => takeAs<{ items: Mission[] }>(api.GET('/me/family-missions'));
/** The id is the caller's, so that a second try makes no second mission. */
export const beginMission = (course_key: string, scenario_key: string, id: string = newId()) =>
	takeAs<Mission>(api.POST('/family-missions', { body: { id, course_key, scenario_key } }));

export const invitation = (code: string) =>
	takeAs<Invitation>(api.GET('/family/{code}', { params: { path: { code } } }));
export const confirmMission = (code: string, body: Confirmation) =>
	takeAs<Thanks>(api.POST('/family/{code}/confirmation', { params: { path: { code } }, body }));

export const classSample = (id: string) =>
	takeAs<Sample>(api.GET('/classes/{id}/family-missions', { params: { path: { id } } }));
/** The digits that the relative said; empty: nobody answered. */
export const checkMission = (id: string, mission: string, pin: string) =>
	takeAs<Sampled>(
		api.POST('/classes/{id}/family-missions/{mission}/check', {
			params: { path: { id, mission } },
			body: pin ? { pin } : {}
		})
	);
