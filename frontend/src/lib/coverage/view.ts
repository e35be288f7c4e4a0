// What a coverage page shows, kept in the address: day, map, skill, view. Pure functions.
import type { Aim, Days, SkillCount } from '../api/coverage.ts';
import { SKILLS } from '../api/types.ts';
import { today } from '../format.ts';

export const VIEWS = ['map', 'scores', 'trend', 'schools', 'compare'] as const;
export type View = (typeof VIEWS)[number];
/** The reforms of the map: the last day of the 177, of the 171, the first of the 54 communes. */
export const MAPS = ['2025-07-01', '2025-06-30', '2024-10-31'] as const;
const REFORM = MAPS[0];

export interface Wanted {
	on: string;
	map: string;
	aim: Aim;
	view: View;
	/** Codes of areas to compare with. */
	beside: string[];
}
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What is read of a query; the page's own cannot be written. */
type Query = Pick<URLSearchParams, 'get' | 'toString'>;

export function readWanted(query: Query): Wanted {
	const day = (name: string) => {
		const text = query.get(name) ?? '';
		return DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';
	};
	const aim = query.get('skill') as Aim | null;
	const view = query.get('view') as View | null;
	return {
		on: day('on'),
		map: day('map'),
		aim: aim && SKILLS.some((skill) => skill === aim) ? aim : 'all',
		view: view && VIEWS.includes(view) ? view : 'map',
		beside: (query.get('with') ?? '').split(',').filter(Boolean).slice(0, 5)
	};
}
/** The query of an address; what is as usual is left out. Keeps parameters it does not know. */
export function writeWanted(wanted: Wanted, before: Query = new URLSearchParams()): string {
	const query = new URLSearchParams(before.toString());
	const put = (name: string, value: string, usual = '') =>
		value === usual ? query.delete(name) : query.set(name, value);
	put('on', wanted.on);
	put('map', wanted.map);
	put('skill', wanted.aim, 'all');
	put('view', wanted.view, 'map');
	put('with', wanted.beside.join(','));
	const text = query.toString();
	return text ? `?${text}` : '';
}
/**
 * The days to ask the server for. An area's code means another area before the reform, so a
 * past day without a map of its own is always shown under today's map.
 */
export function daysOf(wanted: Wanted, now = today()): Days {
	if (!wanted.on && !wanted.map) return {};
	return { on: wanted.on || now, map: wanted.map || now };
}
/** Whether the shapes at hand, those since 1 July 2025, are those of the map asked for. */
export const hasShapes = (wanted: Wanted): boolean => !wanted.map || wanted.map >= REFORM;

/** The three counts for one skill, or as they are for all five in one person. */
export function aimed<T extends SkillCount>(count: T, aim: Aim): T {
	if (aim === 'all') return count;
	const known = count.covered + count.not_covered;
	const held = count.skills[aim];
	return { ...count, covered: held, not_covered: known - held };
}
/** The name of a kept copy: page and days; skill and view are chosen from the same copy. */
export const copyName = (code: string, days: Days): string =>
	`coverage:${code}${days.on ? `@${days.on}` : ''}${days.map ? `/${days.map}` : ''}`;

/** The lower ends of the five classes in basis points of the register, A first. */
export const classEnds = (goal: number): number[] => [4, 3, 2, 1, 0].map((n) => (goal * n) / 4);
