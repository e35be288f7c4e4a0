// The question behind a figure, kept in the address of its explanation. Pure functions.
import type { Aim, Days } from '../api/coverage.ts';
import { SKILLS } from '../api/types.ts';

export const FIGURES = ['households', 'known', 'covered', 'not_covered', 'unknown'] as const;
export type FigureName = (typeof FIGURES)[number];

export interface Asked {
	figure: FigureName;
	aim: Aim;
	/** The end of a day; empty: now. */
	on: string;
	map: string;
	/** As it was known at this instant, RFC 3339; empty: all that is known. */
	seen: string;
	/** Code of a school whose pupils' households are meant; empty: all. */
	school: string;
	basis: 'residence' | 'school';
}
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function readAsked(query: Pick<URLSearchParams, 'get'>): Asked {
	const text = (name: string) => query.get(name) ?? '';
	const day = (name: string) => (DAY.test(text(name)) ? text(name) : '');
	return {
		figure: FIGURES.find((one) => one === text('figure')) ?? 'covered',
		aim: SKILLS.find((one) => one === text('skill')) ?? 'all',
		on: day('on'),
		map: day('map'),
		seen: Number.isNaN(Date.parse(text('seen'))) ? '' : text('seen'),
		school: text('school'),
		basis: text('basis') === 'school' ? 'school' : 'residence'
	};
}

/** The address of an explanation; what is as usual is left out. */
export function explainHref(
	code: string,
	figure: FigureName,
	more: Partial<Omit<Asked, 'figure'>> & Days = {}
): string {
	const query = new URLSearchParams();
	const put = (name: string, value: string | undefined, usual: string) => {
		if (value && value !== usual) query.set(name, value);
	};
	put('figure', figure, 'covered');
	put('skill', more.aim, 'all');
	put('on', more.on, '');
	put('map', more.map, more.on ?? '');
	put('seen', more.seen, '');
	put('school', more.school, '');
	put('basis', more.basis, 'residence');
	const text = query.toString();
	return `/explain/${encodeURIComponent(code)}${text ? `?${text}` : ''}`;
}

/** The last day of a month: "2026-02" → "2026-02-28". */
export const lastDay = (month: string): string =>
	new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0))
		.toISOString()
		.slice(0, 10);
