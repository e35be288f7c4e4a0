// Conditions, as curriculum/scenario/cond.go reads them.

/** A variable that was never set is empty. A Map: no key can meet a property of Object. */
export type State = ReadonlyMap<string, string>;

interface Literal {
	name: string;
	op: string;
	value: string;
}
/** Alternatives of literals that must all hold; none at all always holds. */
export type Cond = Literal[][];

const LITERAL = /^(!?)([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)(?:(=|!=|>=|<=)(-?[a-z0-9_]+))?$/;
/** Go's unicode.IsSpace: \s of this language has the byte order mark too, and lacks U+0085. */
const SPACES = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** Reads "a & !b | c=2"; throws where it is no condition. */
export function parseCond(text: string): Cond {
	if (text.replace(SPACES, '') === '') return [];
	return text.split('|').map((alternative) =>
		alternative.split('&').map((raw) => {
			const part = raw.replace(SPACES, '');
			const found = LITERAL.exec(part);
			const [, no = '', name = '', op = '', value = ''] = found ?? [];
			if (!found || (no && op)) throw new Error(`"${part}" is not a condition`);
			return { name, op: no + op, value };
		})
	);
}

export const condHolds = (cond: Cond, state: State): boolean =>
	cond.length === 0 || cond.some((all) => all.every((l) => literalHolds(l, state)));

function literalHolds({ name, op, value }: Literal, state: State): boolean {
	const v = state.get(name) ?? '';
	const set = v !== '' && v !== '0';
	switch (op) {
		case '':
			return set;
		case '!':
			return !set;
		case '=':
			return v === value;
		case '!=':
			return v !== value;
	}
	const have = number(v);
	const want = number(value);
	if (have === null || want === null) return false;
	return op === '>=' ? have >= want : have <= want;
}

/**
 * Whether a condition may come true in a run where only the variables that `moves` names
 * can still change.
 */
export const condMayHold = (cond: Cond, state: State, moves: (name: string) => boolean): boolean =>
	cond.length === 0 ||
	cond.some((all) => all.every((l) => moves(l.name) || literalHolds(l, state)));

const NUMBER = /^(0|-?[1-9][0-9]{0,9})$/;
/** A whole number; an empty text is 0, as for a counter never touched; null for anything else. */
export function number(v: string): number | null {
	if (v === '') return 0;
	return NUMBER.test(v) ? Number(v) : null;
}
