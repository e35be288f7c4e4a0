// The filter boxes over a table's columns. Pure; kept in the address.
import type { CoverageChild } from '../api/types.ts';
import { share } from '../format.ts';
import { fold } from '../names.ts';
import { COLUMNS, type Column } from './sort.ts';

/** What stands in the boxes; empty ones are left out. */
export type Where = Partial<Record<Column, string>>;
type Query = Pick<URLSearchParams, 'get'>;

const param = (column: Column) => `f-${column}`;
export function readWhere(query: Query): Where {
	return Object.fromEntries(
		COLUMNS.map((column) => [column, (query.get(param(column)) ?? '').slice(0, 80)]).filter(
			([, text]) => text
		)
	);
}
export function writeWhere(query: URLSearchParams, where: Where): void {
	for (const column of COLUMNS) {
		const text = where[column]?.trim();
		if (text) query.set(param(column), text);
		else query.delete(param(column));
	}
}

const BOUND = /^(>=|<=|>|<|=)?\s*(\d+(?:[.,]\d+)?)\s*%?$/;
/** A comma between two digits is a decimal one: "2,5"; every other one, and ';', is an "or". */
const OR = /;|,(?!\d)|(?<!\d),/;
/**
 * "2,>3&<8" is 2, or more than 3 and less than 8; commas and ';' are "or", '&' is "and".
 * Null for what is no such condition.
 */
export function condition(text: string): ((value: number) => boolean) | null {
	const ways = text.split(OR).map((way) => way.split('&').map((bound) => bound.trim()));
	if (ways.some((way) => way.some((bound) => !BOUND.test(bound)))) return null;
	const holds = (bound: string, value: number): boolean => {
		const [, sign = '=', digits = ''] = BOUND.exec(bound) ?? [];
		const limit = Number(digits.replace(',', '.'));
		if (sign === '=') return value === limit;
		const beyond = sign.startsWith('>') ? value > limit : value < limit;
		return beyond || (sign.endsWith('=') && value === limit);
	};
	return (value) => ways.some((way) => way.every((bound) => holds(bound, value)));
}
/** Whether a box says something that is understood. */
export const understood = (column: Column, text: string): boolean =>
	column === 'name' || !text.trim() || condition(text) !== null;

/** What the boxes keep, all of them together. What is not understood keeps everything. */
export function matcher(where: Where): (place: CoverageChild) => boolean {
	const name = fold(where.name ?? '');
	const tests = COLUMNS.flatMap((column) => {
		const text = where[column]?.trim();
		const test = column !== 'name' && text ? condition(text) : null;
		return test ? [{ column: column as Exclude<Column, 'name'>, test }] : [];
	});
	return (place) =>
		(!name || fold(place.name).includes(name)) &&
		tests.every(({ column, test }) => {
			const value = column === 'share' ? share(place.covered, place.households) : place[column];
			return value !== null && test(value);
		});
}
