// Words for the codes of figures, households, certificates and their histories.
import { m } from '#paraglide/messages.js';
import type { Column } from './sort.ts';
import type { HouseholdStatus } from '../api/types.ts';
import { check, clock, info } from '../ui/icons.ts';
import { reasonName, REVOCATION_REASONS } from '../words-people.ts';

type Words = Record<string, () => string>;
/** The word of a code; a code that is newer than this page is shown as it is. */
const word = (words: Words, code: string): string => words[code]?.() ?? code;

const STATUS: Record<HouseholdStatus, () => string> = {
	covered: m.status_covered,
	not_covered: m.status_not_covered,
	unknown: m.status_unknown
};
export const STATUSES: HouseholdStatus[] = ['covered', 'not_covered', 'unknown'];
export const statusName = (status: HouseholdStatus): string => word(STATUS, status);
export const statusTone = (status: HouseholdStatus): string =>
	({ covered: 'ok', not_covered: 'warn', unknown: '' })[status] ?? '';
export const statusIcon = (status: HouseholdStatus): string =>
	({ covered: check, not_covered: clock, unknown: info })[status] ?? info;

const CAUSE: Words = {
	pass: m.cover_cause_pass,
	certificate: m.cause_pass,
	issued: m.cause_pass,
	certified: m.cause_pass,
	confirmed: m.cause_link_confirmed,
	link_confirmed: m.cause_link_confirmed,
	rejected: m.cause_link_rejected,
	link_rejected: m.cause_link_rejected,
	ended: m.cause_link_ended,
	link_ended: m.cause_link_ended,
	revoked: m.cause_revoked,
	reinstated: m.cause_reinstated,
	moved: m.cause_moved,
	register: m.cause_imported,
	imported: m.cause_imported,
	merged: m.cause_merged,
	home_merged: m.event_merged,
	home_undone: m.event_home_undone,
	split: m.event_split,
	village_merged: m.cause_merged,
	rebuilt: m.cause_rebuilt,
	rebuild: m.cause_rebuilt,
	repair: m.cause_rebuilt,
	repaired: m.cause_rebuilt
};
export const causeName = (cause: string): string => word(CAUSE, cause);

const EVENT: Words = {
	created: m.event_created,
	imported: m.event_imported,
	claimed: m.event_link_claimed,
	confirmed: m.event_link_confirmed,
	rejected: m.event_link_rejected,
	ended: m.event_link_ended,
	replaced: m.event_link_replaced,
	moved: m.event_moved,
	merged: m.event_merged,
	home_merged: m.event_merged,
	home_undone: m.event_home_undone,
	split: m.event_split,
	boards: m.event_boards,
	boards_no_more: m.event_boards_no_more,
	undone: m.event_undone
};
export const eventName = (kind: string): string => word(EVENT, kind);

const STEP: Words = {
	household: m.step_household,
	ledger: m.step_ledger,
	link: m.step_link,
	certificate: m.step_certificate,
	pass: m.step_pass,
	attempt: m.step_attempt,
	answers: m.step_answers,
	rule: m.step_rule
};
export const stepName = (kind: string): string => word(STEP, kind);

const WHY: Words = {
	certified_member: m.why_certified_member,
	no_certificate: m.why_no_certificate,
	no_confirmed_member: m.why_no_confirmed_member
};
export const whyName = (reason: string): string => word(WHY, reason);

const HISTORY: Words = {
	issued: m.history_issued,
	revoked: m.history_revoked,
	reinstated: m.history_reinstated
};
export const historyName = (kind: string): string => word(HISTORY, kind);

/** "issued_in_error: nhầm lớp" → "Cấp nhầm: nhầm lớp". */
export function revokeReason(reason: string): string {
	const [code = '', ...rest] = reason.split(':');
	if (!REVOCATION_REASONS.includes(code.trim())) return reason;
	const text = rest.join(':').trim();
	const known = reasonName(code.trim());
	return text ? `${known}: ${text}` : known;
}

/** Who did something; what the program did by itself is said so. */
export const actorName = (by: string): string => (by === 'system' ? m.by_system() : by);

/** "+2", "−1", "0", with a real minus sign. */
export function signed(value: number): string {
	return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0';
}
/** The first twelve of a hash: enough to compare by eye with the log. */
export const shortHash = (hash: string): string => hash.slice(0, 12);

export const columnName: Record<Column, () => string> = {
	name: m.coverage_place,
	share: m.coverage_share,
	covered: m.coverage_covered,
	not_covered: m.coverage_not_covered,
	unknown: m.coverage_unknown,
	households: m.coverage_households
};
