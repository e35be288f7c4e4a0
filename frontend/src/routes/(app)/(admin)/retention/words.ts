// The words of retention; importing this adds the problems'.
import { m } from '#paraglide/messages.js';
import { addWords } from '#lib/api/problem.ts';
import type { Period } from '#lib/api/retention.ts';
import '#lib/words-staff.ts';

addWords({ period_changed: m.keep_problem_changed }, { out_of_range: m.keep_out_of_range });

const KEY: Record<string, () => string> = {
	attempt_logs: m.keep_k_attempt_logs,
	practice_logs: m.keep_k_practice_logs,
	lesson_logs: m.keep_k_lesson_logs,
	sign_in_records: m.keep_k_sign_in_records,
	import_diffs: m.keep_k_import_diffs,
	transfer_forms: m.keep_k_transfer_forms,
	export_logs: m.keep_k_export_logs,
	request_texts: m.keep_k_request_texts
};
export const periodName = (key: string): string => KEY[key]?.() ?? key;
export const periodSpan = ({ from, months }: Period): string =>
	(from === 'school_year' ? m.keep_from_year : m.keep_from_event)({ n: months });
