import { m } from '#paraglide/messages.js';
import type { Outcome, Refusal } from '../api/visits.ts';
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
