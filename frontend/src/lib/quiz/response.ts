// How an answer is held while the pupil works on it, for each kind of question.
import type { Kind, QuestionView, Response } from '../api/types.ts';

/** Nothing chosen yet. */
export function isEmpty(kind: Kind, response: Response | null | undefined): boolean {
	if (!response) return true;
	switch (kind) {
		case 'single':
			return !response.choice;
		case 'multiple':
			return !response.choices?.length;
		case 'true_false':
			return response.verdict === undefined && !response.reason;
		case 'order':
			return !response.order?.length;
		case 'match':
			return Object.keys(response.pairs ?? {}).length === 0;
		case 'spot':
			return !response.marks?.length;
	}
}

/** Enough to be sent and graded: true/false needs its reason too, when reasons are offered. */
export function isSendable(question: QuestionView, response: Response): boolean {
	if (question.kind === 'true_false') {
		const reason = question.options.length === 0 || !!response.reason;
		return response.verdict !== undefined && reason;
	}
	return true;
}

/** Every part answered: what the review before submission calls "answered". */
export function isComplete(question: QuestionView, response: Response | null | undefined): boolean {
	if (!response || isEmpty(question.kind, response)) return false;
	if (question.kind === 'match')
		return question.lefts.every((left) => response.pairs?.[left.key] !== undefined);
	return isSendable(question, response);
}

export function toggle(list: string[] | undefined, key: string): string[] {
	const has = list?.includes(key);
	return has ? (list ?? []).filter((k) => k !== key) : [...(list ?? []), key];
}

/** Moves the item at index by one place; out-of-range moves change nothing. */
export function move(order: string[], index: number, by: -1 | 1): string[] {
	const to = index + by;
	const from = order[index];
	const other = order[to];
	if (from === undefined || other === undefined) return order;
	const next = [...order];
	next[index] = other;
	next[to] = from;
	return next;
}

/** The order shown: the pupil's own, else the one the server dealt. */
export function shownOrder(question: QuestionView, response: Response | null): string[] {
	const dealt = question.options.map((option) => option.key);
	const own = response?.order ?? [];
	// A stored order of another version of the question must not hide or invent items.
	return own.length === dealt.length && dealt.every((key) => own.includes(key)) ? own : dealt;
}

/** Sets or clears one pair; a right side is used once, so it leaves its former left side. */
export function pair(
	pairs: Record<string, string> | undefined,
	left: string,
	right: string | null
): Record<string, string> {
	const next: Record<string, string> = {};
	for (const [l, r] of Object.entries(pairs ?? {})) {
		if (l !== left && r !== right) next[l] = r;
	}
	if (right !== null) next[left] = right;
	return next;
}
