// Words for the fixed codes of the question banks (models/bank, models/drafts).
import { m } from '#paraglide/messages.js';
import type { Note } from './types.ts';

const WHY: Record<string, (detail: string) => string> = {
	type_unsupported: (detail) => m.bank_why_type_unsupported({ detail: typeName(detail) }),
	braces: m.bank_why_braces,
	several_answers: m.bank_why_several_answers,
	several_interactions: m.bank_why_several_interactions,
	no_interaction: m.bank_why_no_interaction,
	no_right_answer: m.bank_why_no_right_answer,
	several_right_answers: m.bank_why_several_right_answers,
	too_few_parts: m.bank_why_too_few_parts,
	too_many_parts: m.bank_why_too_many_parts,
	empty_or_equal_parts: m.bank_why_empty_or_equal_parts,
	stem_missing: m.bank_why_stem_missing,
	text_too_long: m.bank_why_text_too_long,
	broken_characters: m.bank_why_broken_characters,
	pair_broken: m.bank_why_pairs,
	pairs_not_one_to_one: m.bank_why_pairs,
	duplicate: m.bank_why_duplicate,
	picture_missing: m.bank_why_picture_missing,
	picture_without_size: m.bank_why_picture_refused,
	file_missing: m.bank_why_file_missing,
	spots_broken: m.bank_why_spots_broken,
	shape_unsupported: m.bank_why_shape_unsupported,
	qti_1: m.bank_why_qti_1,
	not_qti: m.bank_why_not_qti,
	markup_dropped: m.bank_why_markup_dropped,
	weights_dropped: m.bank_why_weights_dropped,
	feedback_dropped: m.bank_why_feedback_dropped,
	feedback_missing: m.bank_why_feedback_missing,
	picture_dropped: m.bank_why_picture_dropped,
	picture_refused: m.bank_why_picture_refused,
	extension_broken: m.bank_why_extension_broken,
	text_between_parts_dropped: m.bank_why_text_between,
	format_without_pictures: m.bank_why_no_pictures,
	not_practice: m.bank_why_not_practice,
	hints_in_comments: m.bank_why_hints_in_comments,
	feedback_in_comments: m.bank_why_feedback_in_comments,
	spot_as_choice: m.bank_why_spot_as_choice,
	reasons_not_asked: m.bank_why_reasons_not_asked,
	pair_feedback_together: m.bank_why_pair_feedback_together,
	entities: m.bank_why_entities,
	not_xml: m.bank_why_not_xml,
	too_deep: m.bank_why_too_deep,
	too_large: m.bank_why_too_large,
	too_many_questions: m.bank_why_too_many_questions,
	cut_off: m.bank_why_cut_off,
	not_moodle: m.bank_why_not_moodle,
	no_questions: m.bank_why_no_questions,
	not_utf8: m.bank_why_encoding,
	not_utf16: m.bank_why_encoding,
	binary: m.bank_why_encoding,
	not_zip: m.bank_why_not_zip,
	too_many_files: m.bank_why_too_many_files,
	path_outside: m.bank_why_path_outside,
	locked: m.bank_why_locked,
	file_twice: m.bank_why_file_twice,
	format_unknown: m.bank_why_format_unknown,
	unknown: m.bank_why_format_unknown,
	bank_full: m.bank_why_bank_full
};

const TYPES: Record<string, () => string> = {
	essay: m.bank_type_essay,
	extendedTextInteraction: m.bank_type_essay,
	numerical: m.bank_type_number,
	calculated: m.bank_type_number,
	calculatedsimple: m.bank_type_number,
	calculatedmulti: m.bank_type_number,
	shortanswer: m.bank_type_short,
	textEntryInteraction: m.bank_type_short,
	cloze: m.bank_type_gaps,
	multianswer: m.bank_type_gaps,
	gapselect: m.bank_type_gaps,
	ddwtos: m.bank_type_gaps,
	gapMatchInteraction: m.bank_type_gaps,
	inlineChoiceInteraction: m.bank_type_gaps,
	description: m.bank_type_text
};
/** What other programs call a kind of question, in our words where there are any. */
const typeName = (type: string): string => TYPES[type]?.() ?? type.replace(/Interaction$/, '');

export const why = (reason: string, detail = ''): string =>
	(WHY[reason] ?? m.bank_why_other)(detail);

const MISSING: Record<string, () => string> = {
	objective_missing: m.bank_why_objective_missing,
	difficulty_missing: m.bank_why_difficulty_missing,
	hints_missing: m.bank_why_hints_missing,
	explain_missing: m.bank_why_explain_missing,
	feedback_missing: m.bank_why_feedback_short,
	reasons_missing: m.bank_why_reasons_missing,
	alt_missing: m.bank_why_alt_missing,
	wrong_option_missing: m.bank_why_wrong_option_missing,
	text_too_long: m.bank_why_text_short,
	reserved_word: m.bank_why_reserved_word,
	real_address: m.bank_why_real_address
};
export const missing = (code: string): string => (MISSING[code] ?? m.bank_why_other)();

/** The server counts lines in English; places are shown in the reader's language. */
export const place = (where: string, line: string): string => where.replace(/\bline (?=\d)/, line);

export interface Group {
	text: string;
	places: string[];
}
/** Notes by what they say, the most frequent first. */
export function grouped(notes: Note[], line: string, file: string): Group[] {
	const by = new Map<string, string[]>();
	for (const { where, reason, detail } of notes) {
		const text = why(reason, detail);
		const at = where === 'file' ? file : place(where, line);
		by.set(text, [...(by.get(text) ?? []), at]);
	}
	return [...by]
		.map(([text, places]) => ({ text, places }))
		.sort((a, b) => b.places.length - a.places.length);
}

export const kindName = (kind: string): string =>
	(
		({
			single: m.bank_kind_single,
			multiple: m.bank_kind_multiple,
			true_false: m.bank_kind_true_false,
			order: m.bank_kind_order,
			match: m.bank_kind_match,
			spot: m.bank_kind_spot
		}) as Record<string, () => string>
	)[kind]?.() ?? kind;
