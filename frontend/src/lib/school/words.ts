// Words of a school's pages, and the problems that only they meet.
import { m } from '#paraglide/messages.js';
import { addWords } from '../api/problem.ts';
import type { LeaveReason } from '../api/school.ts';

addWords(
	{
		last_school_admin: m.school_last_admin,
		already_asked: m.school_already_asked,
		too_many_asked: m.school_too_many_asked,
		enrolled_here: m.school_enrolled_here,
		no_longer_here: m.school_no_longer_here,
		rollover_early: m.school_rollover_early,
		rollover_used: m.school_rollover_used
	},
	{
		unknown_class: m.school_unknown_class,
		invalid_class_name: m.school_bad_class,
		invalid_name: m.school_bad_name,
		invalid_scope: m.school_bad_role,
		past_date: m.school_past_date,
		before_start: m.school_before_start,
		before_enrolment: m.school_before_enrolment,
		before_end_of_year: m.school_before_end
	}
);

const REASON: Record<LeaveReason, () => string> = {
	graduated: m.school_left_graduated,
	transferred: m.school_left_transferred,
	moved_away: m.school_left_moved,
	stopped: m.school_left_stopped,
	other: m.school_left_other
};
export const leaveReason = (reason: string): string =>
	REASON[reason as LeaveReason]?.() ?? m.school_left_unsaid();
