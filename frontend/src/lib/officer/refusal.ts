// Words for the refusals that only officers and administrators meet; importing this adds them.
import { m } from '#paraglide/messages.js';
import { addWords } from '../api/problem.ts';
import '../words-staff.ts';

addWords(
	{
		nothing_to_publish: m.refused_nothing_to_publish,
		village_changed: m.refused_changed,
		same_commune: m.refused_same_commune,
		merge_into_itself: m.refused_merge_into_itself,
		merge_target_closed: m.problem_village_closed,
		duplicate_village: m.refused_duplicate_village,
		duplicate_code: m.refused_duplicate_code,
		link_ended: m.problem_already_decided,
		link_rejected: m.problem_already_decided,
		already_revoked: m.refused_already_revoked,
		not_revoked: m.refused_not_revoked,
		other_certificate_valid: m.refused_other_certificate,
		older_register: m.refused_older_register,
		last_admin: m.refused_last_admin,
		username_taken: m.refused_username_taken,
		empty_file: m.refused_empty_file,
		unknown_format: m.refused_unknown_format,
		unknown_encoding: m.refused_unknown_encoding,
		broken_file: m.refused_broken_file,
		header_not_found: m.refused_header_not_found,
		missing_columns: m.refused_missing_columns
	},
	{
		before_start: m.wrong_before_start,
		outside_validity: m.wrong_before_start,
		invalid_code: m.wrong_code,
		invalid_name: m.wrong_name,
		invalid_scope: m.wrong_scope,
		invalid_id: m.wrong_scope,
		duplicate: m.wrong_duplicate_role,
		invalid_village_kind: m.wrong_village_kind,
		missing_column_village: m.row_missing_village,
		missing_column_head: m.row_missing_head
	}
);

const ROW: Record<string, () => string> = {
	required: m.field_required,
	too_long: m.field_too_long,
	invalid_name: m.wrong_name,
	invalid_code: m.wrong_code,
	code_rounded: m.row_code_rounded,
	unknown_village: m.row_unknown_village,
	unknown_commune: m.row_unknown_commune,
	ambiguous_commune: m.row_unknown_commune,
	ambiguous_village: m.row_ambiguous_village,
	village_in_other_commune: m.row_village_in_other_commune,
	other_than_code: m.row_other_than_code,
	household_in_two_villages: m.row_two_villages,
	duplicate_household: m.row_duplicate_household,
	two_heads: m.row_two_heads,
	code_elsewhere: m.row_code_elsewhere,
	code_in_other_commune: m.row_code_in_other_commune,
	commune_out_of_reach: m.row_commune_out_of_reach,
	commune_replaced: m.row_commune_replaced,
	invalid_birth_year: m.row_invalid_birth_year
};
/** What is wrong with a row of a household register. */
export const rowReason = (code: string): string => ROW[code]?.() ?? code;
