// What is wrong with a cell, a row or a file, in a sentence. Codes are the server's.
import { m } from '#paraglide/messages.js';
import { addWords } from '../api/problem.ts';

addWords(
	{
		roster_changed: m.roster_problem_roster_changed,
		not_last_import: m.roster_problem_not_last_import,
		undo_expired: m.roster_problem_undo_expired
	},
	{}
);

const REASONS: Record<string, () => string> = {
	required: m.roster_reason_required,
	rounded_number: m.roster_reason_rounded_number,
	invalid_code: m.roster_reason_invalid_code,
	invalid_name: m.roster_reason_invalid_name,
	too_long: m.roster_reason_too_long,
	invalid_date: m.roster_reason_invalid_date,
	date_out_of_range: m.roster_reason_date_out_of_range,
	invalid_gender: m.roster_reason_invalid_gender,
	unknown_status: m.roster_reason_unknown_status,
	another_school: m.roster_reason_another_school,
	invalid_class_name: m.roster_reason_invalid_class_name,
	invalid_grade: m.roster_reason_invalid_grade,
	grade_differs_from_class: m.roster_reason_grade_differs_from_class,
	duplicate: m.roster_reason_duplicate,
	other_class: m.roster_reason_other_class,
	class_out_of_scope: m.roster_reason_class_out_of_scope,
	another_pupil: m.roster_reason_another_pupil,
	newer_enrolment: m.roster_reason_newer_enrolment,
	other_school_year: m.roster_reason_other_school_year,
	example: m.roster_reason_example,
	not_a_pupil: m.roster_reason_not_a_pupil,
	hidden_sheet: m.roster_reason_hidden_sheet,
	class_is_date: m.roster_reason_class_is_date,
	staff_not_taken: m.roster_reason_staff_not_taken,
	unknown_class: m.roster_reason_unknown_class,
	unknown_user: m.roster_reason_unknown_user,
	second_class: m.roster_reason_second_class,
	not_enrolled: m.roster_reason_not_enrolled,
	no_homeroom: m.roster_reason_no_homeroom,
	xls_binary: m.roster_reason_xls_binary,
	encrypted: m.roster_reason_encrypted,
	xlsb: m.roster_reason_xlsb,
	ods: m.roster_reason_ods,
	not_a_table: m.roster_reason_not_a_table,
	unknown_encoding: m.roster_reason_unknown_encoding,
	broken_file: m.roster_reason_broken_file,
	empty_file: m.roster_reason_empty_file,
	header_not_found: m.roster_reason_header_not_found,
	missing_column: m.roster_reason_missing_column,
	too_many_columns: m.roster_reason_too_many_columns,
	too_many_rows: m.roster_reason_too_many_rows,
	too_many_bytes: m.roster_reason_too_many_bytes,
	unpacks_too_large: m.roster_reason_unpacks_too_large,
	cell_too_long: m.roster_reason_cell_too_long,
	row_too_long: m.roster_reason_row_too_long,
	unclosed_quote: m.roster_reason_unclosed_quote,
	too_many_parts: m.roster_reason_too_many_parts,
	missing_file: m.roster_reason_missing_file,
	delta: m.roster_reason_delta,
	unknown_version: m.roster_reason_unknown_version,
	not_utf8: m.roster_reason_not_utf8,
	no_ministry_code: m.roster_reason_no_ministry_code,
	no_birth_date: m.roster_reason_no_birth_date,
	unsafe_text: m.roster_reason_unsafe_text
};

/** The reason in words; an unknown code is said to be unreadable. */
export const reasonText = (code: string): string => (REASONS[code] ?? m.roster_reason_other)();

interface Place {
	sheet?: string;
	row: number;
	column?: string;
}
/** Where something stands: "trang 6A1, dòng 12, cột Ngày sinh". */
export function placeText({ sheet, row, column }: Place): string {
	const place = column
		? m.roster_place_column({ row: String(row), column })
		: m.roster_place({ row: String(row) });
	return sheet ? m.roster_place_sheet({ sheet, place }) : place;
}
