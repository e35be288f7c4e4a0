// The words of the desk for personal data and of looks at names; importing this adds the problems'.
import { m } from '#paraglide/messages.js';
import type { DataRequest, LookReason, Refusal, RequestKind } from '../api/rights.ts';
import { addWords } from '../api/problem.ts';
import '../words-staff.ts';

addWords(
	{
		proof_broken: m.rights_problem_proof,
		request_open: m.rights_problem_open,
		request_closed: m.rights_problem_closed,
		erased: m.rights_problem_erased,
		copy_first: m.rights_problem_copy,
		not_restricted: m.rights_problem_not_restricted,
		person_exists: m.rights_problem_exists,
		lookup_over: m.look_over
	},
	{ confirm_word: m.rights_confirm_wrong }
);

export const kindName: Record<RequestKind, () => string> = {
	access: m.rights_kind_access,
	correction: m.rights_kind_correction,
	restriction: m.rights_kind_restriction,
	deletion: m.rights_kind_deletion
};
export const kindHelp: Record<RequestKind, () => string> = {
	access: m.rights_help_access,
	correction: m.rights_help_correction,
	restriction: m.rights_help_restriction,
	deletion: m.rights_help_deletion
};
/** The button that carries a request out. */
export const kindDo: Record<RequestKind, () => string> = {
	access: m.rights_complete,
	correction: m.rights_do_correction,
	restriction: m.rights_do_restriction,
	deletion: m.rights_do_deletion
};
export const stateName: Record<DataRequest['state'], () => string> = {
	filed: m.rights_state_filed,
	taken: m.rights_state_taken,
	done: m.rights_state_done,
	refused: m.rights_state_refused,
	lifted: m.rights_state_lifted
};
export const refusalName: Record<Refusal, () => string> = {
	identity_unclear: m.rights_reason_identity,
	not_this_person: m.rights_reason_not_person,
	law_keeps: m.rights_reason_law,
	taken_back: m.rights_reason_taken_back,
	other: m.rights_reason_other
};
export const relations: Record<string, () => string> = {
	mother: m.rights_mother,
	father: m.rights_father,
	grandparent: m.rights_grandparent,
	guardian: m.rights_legal_guardian
};
/** The ways that are chosen at the desk. */
export const channels: Record<'in_person' | 'paper' | 'phone', () => string> = {
	in_person: m.rights_in_person,
	paper: m.rights_paper,
	phone: m.rights_phone
};
export const channelName = (channel: string): string =>
	channel === 'account'
		? m.rights_account()
		: (channels[channel as keyof typeof channels]?.() ?? '');
export const fields: Record<string, () => string> = {
	full_name: m.rights_full_name,
	birth_date: m.rights_birth_date,
	gender: m.rights_gender,
	ministry_code: m.rights_ministry_code
};
export const lookReason: Record<LookReason, () => string> = {
	complaint: m.look_complaint,
	certificate_check: m.look_certificate,
	duplicate: m.look_duplicate,
	welfare: m.look_welfare,
	inspection: m.look_inspection,
	other: m.look_other
};
