// A question of the files as the player gets it, with its answer and all that is said to it.
import type { QuestionView, Response } from '../api/types.ts';
import type { Question } from './types.ts';

export function viewOf(q: Question): QuestionView {
	const plain = (list: { key: string; text: string }[] | undefined) =>
		(list ?? []).map(({ key, text }) => ({ key, text }));
	const pairs = q.pairs ?? [];
	return {
		question_key: q.key,
		kind: q.kind,
		stem: q.stem,
		image: q.image ?? null,
		options: plain(q.options),
		lefts: pairs.map((p) => ({ key: p.key, text: p.left })),
		rights: [...pairs.map((p) => ({ key: p.key, text: p.right })), ...plain(q.extra)],
		message: q.message ? { ...q.message, parts: plain(q.message.parts) } : null,
		spots: q.spots ?? null
	};
}

export function rightAnswer(q: Question): Response {
	const options = q.options ?? [];
	const right = options.filter((o) => o.correct).map((o) => o.key);
	switch (q.kind) {
		case 'single':
			return { choice: right[0] ?? '' };
		case 'multiple':
			return { choices: right };
		case 'true_false':
			return { verdict: q.answer ?? false, reason: right[0] ?? '' };
		case 'order':
			return { order: options.map((o) => o.key) };
		case 'match':
			return { pairs: Object.fromEntries((q.pairs ?? []).map((p) => [p.key, p.key])) };
		case 'spot':
			return {
				marks: [...(q.message?.parts ?? []), ...(q.spots ?? [])]
					.filter((part) => part.sign)
					.map((part) => part.key)
			};
	}
}

/** Every sentence a pupil may be told, with what it answers. */
export function feedbackOf(q: Question): { of: string; text: string }[] {
	const all = [
		...(q.options ?? []).map((o) => ({ of: o.text, text: o.feedback })),
		...(q.pairs ?? []).map((p) => ({ of: `${p.left} → ${p.right}`, text: p.feedback })),
		...(q.message?.parts ?? []).map((p) => ({ of: p.text, text: p.feedback })),
		...(q.spots ?? []).map((s) => ({ of: s.label, text: s.feedback })),
		...(q.wrong_feedback ? [{ of: q.answer ? '✕' : '✓', text: q.wrong_feedback }] : [])
	];
	return all.flatMap(({ of, text }) => (text ? [{ of, text }] : []));
}
