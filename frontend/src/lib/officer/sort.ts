// Order of the table of places: a pure function, kept in the address bar.
import type { CoverageChild } from '../api/types.ts';
import { share } from '../format.ts';

export const COLUMNS = [
	'name',
	'share',
	'covered',
	'not_covered',
	'unknown',
	'households'
] as const;
export type Column = (typeof COLUMNS)[number];
export interface Order {
	by: Column;
	down: boolean;
}
export const START: Order = { by: 'name', down: false };

// "Khu 2" before "Khu 10".
const collator = new Intl.Collator('vi', { numeric: true });

/** Reads "covered" or "-covered" from the address; anything else is the start order. */
export function readOrder(text: string | null): Order {
	const down = text?.startsWith('-') ?? false;
	const by = COLUMNS.find((column) => column === (down ? text?.slice(1) : text));
	return by ? { by, down } : START;
}
export const writeOrder = (order: Order): string => (order.down ? '-' : '') + order.by;

/** A column chosen again turns round; figures start with the largest, names with A. */
export function nextOrder(order: Order, by: Column): Order {
	if (order.by === by) return { by, down: !order.down };
	return { by, down: by !== 'name' };
}

export function sorted(children: CoverageChild[], { by, down }: Order): CoverageChild[] {
	const sign = down ? -1 : 1;
	return [...children].sort((a, b) => {
		const byName = collator.compare(a.name, b.name);
		if (by === 'name') return sign * byName;
		const x = value(a, by);
		const y = value(b, by);
		// Without a register there is no share: such places stay at the end either way.
		if (x === null || y === null) return x === y ? byName : x === null ? 1 : -1;
		return sign * (x - y) || byName;
	});
}
function value(child: CoverageChild, by: Exclude<Column, 'name'>): number | null {
	return by === 'share' ? share(child.covered, child.households) : child[by];
}
