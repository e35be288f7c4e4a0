// Practice without a network: deals, grades and explains a question as the server does
// (models/learning: item.go, grade.go, response.go, practice.go). Both read the same
// vectors in their tests. Scores are basis points, 0..10000: no float decides.
import type { Feedback, PracticeReply, QuestionView, Response } from '../api/types.ts';
import type { PackQuestion } from '../offline/pack.ts';

export const FULL = 10_000;
const HINT_FROM_MISS = 2;
const EXAMPLE_FROM_MISS = 3;

/** A question with the order in which its parts are shown. */
export interface Shown {
	q: PackQuestion;
	/** Shown position → index in the content; of match the right sides (pairs, then extras). */
	options: number[];
	/** Of match: shown position → index of the pair. */
	lefts: number[];
}

function shuffled(n: number, random: () => number): number[] {
	const list = Array.from({ length: n }, (_, i) => i);
	for (let i = n - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		[list[i], list[j]] = [list[j]!, list[i]!];
	}
	return list;
}

/** Shuffles the parts; a message or picture keeps its order, a sequence never comes solved. */
export function deal(q: PackQuestion, random: () => number = Math.random): Shown {
	const pairs = q.pairs?.length ?? 0;
	if (q.kind === 'spot') return { q, options: [], lefts: [] };
	if (q.kind === 'match') {
		const lefts = shuffled(pairs, random);
		return { q, lefts, options: shuffled(pairs + (q.extra?.length ?? 0), random) };
	}
	const options = shuffled(q.options?.length ?? 0, random);
	if (q.kind === 'order' && options.length > 1 && options.every((o, i) => o === i))
		[options[0], options[1]] = [options[1]!, options[0]!];
	return { q, options, lefts: [] };
}

const key = (position: number) => String(position + 1);
/** Position of an opaque key, -1 when it is none of the n shown. */
function at(k: string | undefined, n: number): number {
	if (!k || !/^[1-9]\d*$/.test(k)) return -1;
	const position = Number(k) - 1;
	return position < n ? position : -1;
}
const right = (q: PackQuestion, i: number): string => {
	const pairs = q.pairs ?? [];
	return pairs[i]?.right ?? q.extra?.[i - pairs.length]?.text ?? '';
};
const marked = (q: PackQuestion) => q.message?.parts ?? q.spots ?? [];

/** The question as a pupil sees it. */
export function view({ q, options, lefts }: Shown): QuestionView {
	const shown: QuestionView = {
		question_key: q.key,
		kind: q.kind,
		stem: q.stem,
		image: q.image ?? null,
		options: [],
		lefts: [],
		rights: [],
		message: null,
		spots: null
	};
	if (q.kind === 'match') {
		shown.lefts = lefts.map((p, i) => ({ key: key(i), text: q.pairs?.[p]?.left ?? '' }));
		shown.rights = options.map((p, i) => ({ key: key(i), text: right(q, p) }));
	} else if (q.kind !== 'spot') {
		shown.options = options.map((p, i) => ({ key: key(i), text: q.options?.[p]?.text ?? '' }));
	} else if (q.message) {
		const { channel, sender, time } = q.message;
		const parts = q.message.parts.map(({ text }, i) => ({ key: key(i), text }));
		shown.message = { channel, sender, time: time ?? '', parts } as QuestionView['message'];
	} else {
		shown.spots = (q.spots ?? []).map(({ x, y, w, h, label }, i) => {
			return { key: key(i), x, y, w, h, label };
		});
	}
	return shown;
}

const FIELDS: Record<PackQuestion['kind'], (keyof Response)[]> = {
	single: ['choice'],
	multiple: ['choices'],
	true_false: ['verdict', 'reason'],
	order: ['order'],
	match: ['pairs'],
	spot: ['marks']
};
function given(r: Response, field: keyof Response): boolean {
	const value = r[field];
	if (value === undefined || value === null || value === '') return false;
	if (Array.isArray(value)) return value.length > 0;
	return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** Fields of another kind, unknown keys and keys given twice do not fit. */
export function fits({ q, options, lefts }: Shown, r: Response): boolean {
	const own = FIELDS[q.kind];
	for (const field of Object.values(FIELDS).flat())
		if (given(r, field) && !own.includes(field)) return false;
	const n = options.length;
	const lists: [string[], number][] = [
		[r.choice ? [r.choice] : [], n],
		[r.choices ?? [], n],
		[r.reason ? [r.reason] : [], n],
		[r.order ?? [], n],
		[r.marks ?? [], marked(q).length]
	];
	for (const [keys, most] of lists)
		if (new Set(keys).size < keys.length || keys.some((k) => at(k, most) < 0)) return false;
	return Object.entries(r.pairs ?? {}).every(
		([left, to]) => at(left, lefts.length) >= 0 && at(to, n) >= 0
	);
}

const whole = (is: boolean) => (is ? FULL : 0);
const correct = ({ q, options }: Shown, k: string | undefined): boolean =>
	!!q.options?.[options[at(k, options.length)] ?? -1]?.correct;
/** (hits − false alarms) / signs, never below 0: marking everything earns nothing. */
function share(signs: boolean[], keys: string[] | undefined): number {
	const total = signs.filter(Boolean).length;
	let got = 0;
	for (const k of keys ?? []) got += signs[at(k, signs.length)] ? 1 : -1;
	return total === 0 || got < 0 ? 0 : Math.floor((got * FULL) / total);
}
const pairRight = ({ q, options, lefts }: Shown, left: number, to: string | undefined): boolean => {
	const i = at(to, options.length);
	return i >= 0 && right(q, options[i]!) === q.pairs?.[lefts[left]!]?.right;
};
const verdictRight = (q: PackQuestion, r: Response) =>
	typeof r.verdict === 'boolean' && r.verdict === q.answer;

export function grade(s: Shown, r: Response): number {
	const { q, options, lefts } = s;
	if (!fits(s, r)) return 0;
	switch (q.kind) {
		case 'single':
			return whole(correct(s, r.choice));
		case 'true_false':
			return whole(verdictRight(q, r) && (options.length === 0 || correct(s, r.reason)));
		case 'multiple': {
			const signs = options.map((p) => !!q.options?.[p]?.correct);
			return share(signs, r.choices);
		}
		case 'spot': {
			const signs = marked(q).map((part) => part.sign);
			return share(signs, r.marks);
		}
		case 'order':
			return gradeOrder(s, r.order ?? []);
		case 'match': {
			const good = lefts.filter((_, i) => pairRight(s, i, r.pairs?.[key(i)])).length;
			return q.pairs?.length ? Math.floor((good * FULL) / q.pairs.length) : 0;
		}
	}
}
/** The share of neighbours in the right order that also stand in that order. */
function gradeOrder({ q, options }: Shown, order: string[]): number {
	const place: number[] = Array.from({ length: q.options?.length ?? 0 }, () => 0);
	order.forEach((k, i) => (place[options[at(k, options.length)]!] = i + 1));
	if (place.length < 2) return whole(place.length === 1 && place[0] === 1);
	let good = 0;
	for (let i = 1; i < place.length; i++) if (place[i - 1]! > 0 && place[i]! > place[i - 1]!) good++;
	return Math.floor((good * FULL) / (place.length - 1));
}

/** What is right and wrong in a response; the parts left out are for the pupil to find. */
export function feedback(s: Shown, r: Response): Feedback[] {
	const { q, options, lefts } = s;
	const list: Feedback[] = [];
	if (!fits(s, r)) return list;
	const add = (ref: string | null, ok: boolean, text: string | undefined) =>
		list.push({ ref, ok, text: ok && q.kind !== 'spot' ? '' : (text ?? '') });
	switch (q.kind) {
		case 'order':
			r.order?.forEach((k, i) => {
				const o = options[at(k, options.length)]!;
				add(k, o === i, q.options?.[o]?.feedback);
			});
			break;
		case 'match':
			lefts.forEach((p, i) => {
				const to = r.pairs?.[key(i)];
				if (to !== undefined) add(key(i), pairRight(s, i, to), q.pairs?.[p]?.feedback);
			});
			break;
		case 'spot':
			marked(q).forEach((part, i) => {
				if (r.marks?.includes(key(i))) add(key(i), part.sign, part.feedback);
			});
			break;
		default: {
			if (q.kind === 'true_false' && typeof r.verdict === 'boolean' && !verdictRight(q, r))
				add(null, false, q.wrong_feedback);
			const chosen = [r.choice, r.reason, ...(r.choices ?? [])];
			options.forEach((p, i) => {
				const option = q.options?.[p];
				if (chosen.includes(key(i))) add(key(i), !!option?.correct, option?.feedback);
			});
		}
	}
	return list;
}

/** The help for a try: more with every miss, and why when it is right. */
export function reply(s: Shown, r: Response, misses: number): PracticeReply & { miss: number } {
	const { q } = s;
	const score = grade(s, r);
	const good = score === FULL;
	const hints = q.hints ?? [];
	const hint = hints[Math.min(misses - HINT_FROM_MISS, hints.length - 1)];
	return {
		correct: good,
		percent: Math.floor(score / 100),
		miss: misses,
		feedback: feedback(s, r),
		hint: !good && misses >= HINT_FROM_MISS ? (hint ?? null) : null,
		worked_example: !good && misses >= EXAMPLE_FROM_MISS ? q.worked_example || q.explain : null,
		explain: good ? q.explain : null,
		twin: null
	};
}

/** The question to go on with after the worked example: the author's, or the next of the objective. */
export function twin(all: PackQuestion[], q: PackQuestion): string | null {
	const named = all.find((t) => t.key === q.twin);
	if (named) return named.key;
	const from = all.findIndex((t) => t.key === q.key);
	const after = [...all.slice(from + 1), ...all.slice(0, Math.max(0, from))];
	return after.find((t) => t.objective === q.objective)?.key ?? null;
}
