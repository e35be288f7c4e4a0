// Words of register jobs, likely duplicates and their reasons.
import { m } from '#paraglide/messages.js';
import type { JobState, SampleRow } from '../api/registers.ts';
import { addWords } from '../api/problem.ts';
import '../officer/refusal.ts';

addWords(
	{
		too_many_imports: m.reg_too_many,
		rows_refused: m.register_blocked,
		job_over: m.refused_changed,
		register_changed: m.reg_changed,
		job_expired: m.reg_expired,
		already_merged: m.dup_already_merged,
		merged_since: m.dup_merged_since
	},
	{
		same_household: m.dup_same_household,
		not_of_household: m.refused_changed
	}
);

const STATES: Record<JobState, () => string> = {
	receiving: m.reg_state_receiving,
	checking: m.reg_state_checking,
	ready: m.reg_state_ready,
	writing: m.reg_state_writing,
	done: m.reg_state_done,
	failed: m.reg_state_failed,
	cancelled: m.reg_state_cancelled
};
export const jobState = (state: JobState): string => STATES[state]?.() ?? state;
export const jobTone = (state: JobState): string =>
	({ done: 'ok', failed: 'bad', ready: 'warn', writing: 'brand', checking: 'brand' })[
		state as string
	] ?? '';
export const atWork = (state: JobState): boolean =>
	state === 'receiving' || state === 'checking' || state === 'writing';

const ROWS: Record<SampleRow['state'], () => string> = {
	new: m.reg_row_new,
	changed: m.reg_row_changed,
	unchanged: m.reg_row_unchanged,
	left_out: m.reg_row_left_out
};
export const rowState = (state: SampleRow['state']): string => ROWS[state]?.() ?? state;

const REASONS: Record<string, () => string> = {
	same_name: m.dup_same_name,
	tone_place: m.dup_tone_place,
	i_y: m.dup_i_y,
	marks: m.dup_marks,
	sound: m.dup_sound,
	word_order: m.dup_word_order,
	initials: m.dup_initials,
	word_missing: m.dup_word_missing,
	typo: m.dup_typo,
	same_village: m.dup_same_village,
	same_commune: m.dup_same_commune,
	rare_name: m.dup_rare_name,
	birth_year: m.dup_birth_year,
	other_birth_year: m.dup_other_birth_year,
	no_shared_member: m.dup_no_shared_member,
	two_registers: m.dup_two_registers
};
const AGAINST = new Set(['other_birth_year', 'no_shared_member']);
/** What speaks for, or against, two households being one. */
export function reasonWords(reason: string): { text: string; against: boolean } {
	const [code = '', count = ''] = reason.split(':');
	if (code === 'members') return { text: m.dup_members({ count }), against: false };
	return { text: REASONS[code]?.() ?? code, against: AGAINST.has(code) };
}
/** How likely, in three words: a bare score says nothing to anybody. */
export const likely = (score: number): string =>
	score >= 85 ? m.dup_likely_high() : score >= 70 ? m.dup_likely_middle() : m.dup_likely_low();
