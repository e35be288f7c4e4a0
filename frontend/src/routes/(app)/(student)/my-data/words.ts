// The words of the page about one's own data; importing this adds the problems'.
import { m } from '#paraglide/messages.js';
import type { MyGuardian, MyKind, MyRequest } from '#lib/api/my-data.ts';
import { addWords } from '#lib/api/problem.ts';

addWords(
	{
		request_open: m.mydata_problem_open,
		request_closed: m.mydata_problem_closed,
		copy_not_ready: m.mydata_problem_waits,
		erased: m.rights_problem_erased
	},
	{
		wrong_password: m.field_wrong_password,
		guardian_needed: m.mydata_guardian_needed,
		too_long: m.field_too_long,
		unknown: m.field_unknown
	}
);

export const kindName: Record<MyKind, () => string> = {
	access: m.rights_kind_access,
	correction: m.rights_kind_correction,
	restriction: m.rights_kind_restriction,
	deletion: m.rights_kind_deletion
};
export const kindHelp: Record<MyKind, () => string> = {
	access: m.mydata_help_access,
	correction: m.rights_help_correction,
	restriction: m.rights_help_restriction,
	deletion: m.rights_help_deletion
};
export const stateName: Record<MyRequest['state'], () => string> = {
	filed: m.mydata_state_filed,
	taken: m.rights_state_taken,
	done: m.rights_state_done,
	refused: m.rights_state_refused,
	lifted: m.rights_state_lifted
};
export const reasonName: Record<Exclude<MyRequest['reason'], ''>, () => string> = {
	identity_unclear: m.rights_reason_identity,
	not_this_person: m.rights_reason_not_person,
	law_keeps: m.rights_reason_law,
	taken_back: m.mydata_taken_back,
	other: m.rights_reason_other
};
export const guardianName: Record<MyGuardian, () => string> = {
	mother: m.rights_mother,
	father: m.rights_father,
	grandparent: m.rights_grandparent,
	guardian: m.rights_legal_guardian
};
