import { m } from '#paraglide/messages.js';
import { addWords } from '../api/problem.ts';
import type { Decision, Door, Outcome, Refusal } from '../api/visits.ts';
import type { CampaignEvent, EventKind, Help } from '../api/walk.ts';
import { date, grouped } from '../format.ts';
import type { Stand } from './doors.ts';

export const OUTCOMES: Outcome[] = ['taught', 'already_skilled', 'not_home', 'refused', 'moved'];
const OUTCOME: Record<Outcome, () => string> = {
	taught: m.visit_taught,
	already_skilled: m.visit_already_skilled,
	not_home: m.visit_not_home,
	refused: m.visit_refused,
	moved: m.visit_moved
};
export const outcomeName = (outcome: Outcome): string => OUTCOME[outcome]();

const STAND: Record<Stand, () => string> = {
	top: m.visit_top,
	todo: m.visit_todo,
	mopup: m.visit_mopup,
	done: m.visit_done
};
export const standName = (stand: Stand): string => STAND[stand]();

export function refusalName(refusal: Refusal | undefined): string {
	if (refusal === 'removed') return m.visit_refusal_removed();
	if (refusal === 'outside_dates') return m.visit_refusal_outside_dates();
	return refusal === 'not_on_list' ? m.visit_refusal_not_on_list() : '';
}

addWords(
	{
		campaign_changed: m.walk_p_changed,
		campaign_over: m.walk_p_over,
		visit_decided: m.walk_p_decided,
		visit_no_household: m.walk_p_no_household,
		slip_revoked: m.walk_p_slip_revoked,
		slip_covered: m.walk_p_slip_covered,
		helper_asked: m.walk_p_asked,
		helper_busy: m.walk_p_busy,
		help_over: m.walk_p_help_over
	},
	{ too_many: m.walk_p_too_many }
);

/** Why a door is on the list. */
export function whyHere(door: Pick<Door, 'known' | 'no_pupil'>): string {
	if (door.known) return m.visit_why_known();
	return door.no_pupil ? m.walk_why_no_pupil() : m.visit_why_unknown();
}
/** The head's name, or the number where the head is a pupil who is not to be named. */
export const doorName = (door: Pick<Door, 'head' | 'code'>): string =>
	door.head || m.visit_code({ code: grouped(door.code) });

const KEPT: Record<Refusal, () => string> = {
	'': () => '',
	removed: m.walk_why_removed,
	outside_dates: m.walk_why_dates,
	not_on_list: m.walk_why_list
};
/** Why a visit was kept and not counted, said to others than its member. */
export const whyKept = (refusal: Refusal): string => KEPT[refusal]();

const DECISION: Record<Decision, () => string> = {
	'': m.walk_kept_waiting,
	accepted: m.walk_kept_is_accepted,
	refused: m.walk_kept_is_refused
};
export const decisionName = (decision: Decision): string => DECISION[decision]();

const HELP: Record<Help['state'], () => string> = {
	accepted: m.walk_help_accepted,
	declined: m.walk_help_declined,
	taught: m.walk_help_done,
	lapsed: m.walk_help_lapsed
};
export const helpName = (state: Help['state']): string => HELP[state]();

const CHANGE: Record<EventKind, () => string> = {
	started: m.camp_started,
	name: m.camp_name,
	starts_on: m.camp_from,
	ends_on: m.camp_to,
	target: m.camp_target,
	hotline: m.camp_hotline,
	ended: m.walk_event_ended,
	reopened: m.walk_event_reopened,
	member: m.walk_event_member,
	removed: m.camp_member_removed
};
export const changeName = (kind: EventKind): string => CHANGE[kind]();
/** What a change was from and to; days as people write them. */
export function changeWords(event: CampaignEvent): string {
	const text = (value: string) => (/^\d{4}-\d\d-\d\d$/.test(value) ? date(value) : value);
	if (event.old && event.new) return m.walk_from_to({ old: text(event.old), new: text(event.new) });
	return text(event.new || event.old);
}
