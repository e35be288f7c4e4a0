// What a board shows: filters, order and sums. The server does the same for files
// (models/gradebook/view.go); both read models/gradebook/testdata/views.json.
import type { BoardRow, BoardTotals } from './api/gradebook.ts';
import { SKILLS, type Skill } from './api/types.ts';
import { fold } from './names.ts';

/** A filter is "dimension:value": values of one dimension widen, dimensions narrow. */
export interface View {
	filters: string[];
	sort: string;
	desc: boolean;
	q: string;
	hide: string[];
}

const STATES = ['not_available', 'not_started', 'learning', 'passed'];
const LINKS = ['none', 'rejected', 'claimed', 'confirmed'];

const stateOf = (row: BoardRow, skill: string) => row.skills[skill as Skill]?.state ?? '';
const linkOf = (row: BoardRow) => row.household?.state ?? 'none';
const paperRank = (row: BoardRow) =>
	!row.certificate ? 0 : row.certificate.status === 'valid' ? 2 : 1;
const passed = (row: BoardRow) => SKILLS.filter((s) => stateOf(row, s) === 'passed').length;

function matches(row: BoardRow, dimension: string, value: string): boolean {
	switch (dimension) {
		case 'class':
			return row.class_id === value;
		case 'any':
			return SKILLS.some((s) => stateOf(row, s) === 'not_started');
		case 'near':
			return passed(row) === SKILLS.length - 1;
		case 'certificate':
			return (paperRank(row) === 2) === (value === 'valid');
		case 'link':
			return value === 'missing' ? linkOf(row) !== 'confirmed' : linkOf(row) === value;
	}
	const state = stateOf(row, dimension.replace('skill:', ''));
	return value === 'not_passed' ? state !== 'passed' : state === value;
}

function sortValue(row: BoardRow, key: string): number[] {
	switch (key) {
		case 'name':
			return [row.name_rank];
		case 'class':
			return [row.class_rank];
		case 'certificate':
			return [paperRank(row)];
		case 'household':
			return [LINKS.indexOf(linkOf(row))];
		case 'practice':
			return row.practice
				? [
						Math.floor((row.practice.right * 10000) / Math.max(1, row.practice.asked)),
						row.practice.right
					]
				: [-1, 0];
		case 'last_work':
			return [Number(row.last_work.replaceAll('-', ''))];
	}
	const cell = row.skills[key as Skill];
	return [STATES.indexOf(stateOf(row, key)), cell?.best_percent ?? -1, cell?.lessons_done ?? 0];
}

/** The rows that a view shows, in its order; equals stand by given name. */
export function apply(rows: readonly BoardRow[], view: View): BoardRow[] {
	const wanted = new Map<string, string[]>();
	for (const filter of view.filters) {
		const at = filter.lastIndexOf(':');
		const dimension = filter.slice(0, at);
		wanted.set(dimension, [...(wanted.get(dimension) ?? []), filter.slice(at + 1)]);
	}
	const query = plain(view.q);
	const shown = rows.filter(
		(row) =>
			plain(row.name).includes(query) &&
			[...wanted].every(([dimension, values]) => values.some((v) => matches(row, dimension, v)))
	);
	const key = view.sort || 'name';
	const sign = view.desc ? -1 : 1;
	return shown.sort((a, b) => {
		const x = sortValue(a, key);
		const y = sortValue(b, key);
		const i = x.findIndex((value, n) => value !== y[n]);
		return (i < 0 ? 0 : sign * (x[i]! - y[i]!)) || a.name_rank - b.name_rank;
	});
}
const plain = (text: string) => fold(text).split(/\s+/).join(' ').trim();

export function totalsOf(rows: readonly BoardRow[]): BoardTotals {
	return {
		students: rows.length,
		certified: rows.filter((row) => paperRank(row) === 2).length,
		links_confirmed: rows.filter((row) => linkOf(row) === 'confirmed').length,
		practice_asked: rows.reduce((sum, row) => sum + (row.practice?.asked ?? 0), 0),
		practice_right: rows.reduce((sum, row) => sum + (row.practice?.right ?? 0), 0),
		by_skill: Object.fromEntries(
			SKILLS.map((s) => [s, rows.filter((row) => stateOf(row, s) === 'passed').length])
		)
	};
}

const SORTS = ['name', 'class', 'certificate', 'household', 'practice', 'last_work', ...SKILLS];
const FILTER =
	/^(any:not_started|near:one|certificate:(valid|missing)|link:(confirmed|claimed|missing)|class:[0-9a-f-]{36}|skill:\w+:(passed|learning|not_started|not_passed))$/;

/** The view that an address asks for; what makes no sense is left out. */
export function fromAddress(params: Pick<URLSearchParams, 'get' | 'getAll'>): View {
	const sort = params.get('sort') ?? '';
	return {
		filters: params.getAll('f').filter((f) => FILTER.test(f)),
		sort: SORTS.includes(sort) ? sort : 'name',
		desc: params.get('desc') === '1',
		q: params.get('q') ?? '',
		hide: params.getAll('hide').filter((code) => code !== 'name' && SORTS.includes(code))
	};
}
export function toAddress(view: View): string {
	const params = new URLSearchParams();
	for (const f of view.filters) params.append('f', f);
	if (view.sort !== 'name') params.set('sort', view.sort);
	if (view.desc) params.set('desc', '1');
	if (view.q) params.set('q', view.q);
	for (const code of view.hide) params.append('hide', code);
	const text = params.toString();
	return text ? `?${text}` : '';
}

/** Which rows stand in the window, with some above and below to scroll into. */
export function windowOf(
	scrolled: number,
	height: number,
	row: number,
	count: number,
	spare = 8
): [number, number] {
	const first = Math.max(0, Math.floor(scrolled / row) - spare);
	const last = Math.min(count, Math.ceil((scrolled + height) / row) + spare);
	return [Math.min(first, count), Math.max(last, Math.min(first, count))];
}
