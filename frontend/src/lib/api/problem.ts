// RFC 9457 problems, and the one place that turns a code into words.
import { m } from '#paraglide/messages.js';

export interface FieldProblem {
	location?: string;
	code?: string;
	message?: string;
}

/** A refusal by the server, or 'offline' when no answer came at all. */
export class ApiProblem extends Error {
	readonly status: number;
	readonly code: string;
	readonly errors: FieldProblem[];
	/** Seconds until another try makes sense (locked, too_many_requests). */
	readonly retryAfter: number | null;
	/** The whole problem body, for codes that carry more (last_seq, detail_id). */
	readonly body: Record<string, unknown>;

	constructor(status: number, body: Record<string, unknown>, retryAfter: number | null = null) {
		const code = codeOf(status, body);
		super(code);
		this.name = 'ApiProblem';
		this.status = status;
		this.code = code;
		this.body = body;
		this.errors = Array.isArray(body.errors) ? (body.errors as FieldProblem[]) : [];
		this.retryAfter = typeof body.retry_after === 'number' ? body.retry_after : retryAfter;
	}

	get offline(): boolean {
		return this.code === 'offline';
	}
}

/** The code a problem carries, else the usual one for its status. */
function codeOf(status: number, body: Record<string, unknown>): string {
	if (typeof body.code === 'string' && body.code) return body.code;
	return BY_STATUS[status] ?? 'internal';
}
const BY_STATUS: Record<number, string> = {
	0: 'offline',
	400: 'invalid',
	401: 'unauthenticated',
	403: 'forbidden',
	404: 'not_found',
	409: 'conflict',
	413: 'too_large',
	422: 'invalid',
	423: 'locked',
	429: 'too_many_requests',
	502: 'unavailable',
	503: 'unavailable',
	504: 'unavailable'
};

export function asProblem(error: unknown): ApiProblem {
	if (error instanceof ApiProblem) return error;
	return new ApiProblem(500, { code: 'internal' });
}

const WORDS: Record<string, () => string> = {
	offline: m.problem_offline,
	invalid: m.problem_invalid,
	unauthenticated: m.problem_unauthenticated,
	second_factor_required: m.problem_second_factor_required,
	forbidden: m.problem_forbidden,
	not_found: m.problem_not_found,
	conflict: m.problem_conflict,
	attempt_open: m.problem_attempt_open,
	ambiguous_household: m.problem_ambiguous_household,
	too_many_requests: m.problem_too_many_requests,
	locked: m.problem_locked,
	closed: m.problem_closed,
	out_of_date: m.problem_out_of_date,
	too_large: m.problem_too_large,
	unavailable: m.problem_unavailable,
	internal: m.problem_internal
};

/** A sentence for the person, never the server's own text. */
export function problemText(error: unknown): string {
	const { code, status } = asProblem(error);
	return (WORDS[code] ?? WORDS[BY_STATUS[status] ?? ''] ?? m.problem_internal)();
}

/** Words for codes that only some pages meet: those pages bring them along (words-staff.ts). */
export function addWords(
	problems: Record<string, () => string>,
	fields: Record<string, () => string>
): void {
	Object.assign(WORDS, problems);
	Object.assign(FIELD_WORDS, fields);
}

/** Field errors by their last path part: "body.username" → username. */
export function fieldErrors(error: unknown): Record<string, string> {
	const found: Record<string, string> = {};
	for (const item of asProblem(error).errors) {
		const field = (item.location ?? '').split('.').pop() ?? '';
		if (field && !found[field]) found[field] = fieldText(item.code ?? '');
	}
	return found;
}

const FIELD_WORDS: Record<string, () => string> = {
	required: m.field_required,
	weak: m.field_weak
};
function fieldText(code: string): string {
	return (FIELD_WORDS[code] ?? m.field_invalid)();
}
