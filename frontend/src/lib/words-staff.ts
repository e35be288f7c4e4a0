// Problem words that pupils never meet; importing this file adds them.
import { m } from '#paraglide/messages.js';
import { addWords } from './api/problem.ts';

addWords(
	{
		target_changed: m.problem_target_changed,
		assignment_changed: m.problem_assignment_changed,
		group_assigned: m.problem_group_assigned,
		not_open_yet: m.problem_not_open_yet,
		no_new_version: m.problem_no_new_version,
		session_open: m.problem_session_open,
		already_decided: m.problem_already_decided,
		link_exists: m.problem_link_exists,
		same_village: m.problem_same_village,
		village_closed: m.problem_village_closed,
		own_link: m.problem_own_link,
		name_withheld: m.problem_name_withheld,
		withdrawn_since: m.problem_withdrawn_since,
		not_your_decision: m.problem_not_your_decision,
		undo_over: m.problem_undo_over
	},
	{
		same_as_username: m.field_same_as_username,
		same_as_before: m.field_same_as_before,
		wrong_password: m.field_wrong_password,
		invalid_username: m.field_invalid_username,
		invalid_date: m.field_invalid_date,
		future_date: m.field_future_date,
		reason_length: m.field_reason_length,
		unknown_scope: m.field_unknown_scope,
		taken: m.field_taken,
		duplicate: m.field_taken,
		too_common: m.field_weak,
		weak: m.field_weak,
		wrong: m.field_wrong,
		unknown: m.field_unknown,
		too_long: m.field_too_long,
		too_short: m.field_too_short
	}
);
