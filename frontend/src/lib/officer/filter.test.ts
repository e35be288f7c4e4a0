import { describe, expect, it } from 'vitest';
import { condition, matcher, readWhere, understood, writeWhere } from './filter.ts';

describe('a condition', () => {
	it.each([
		['2,>3&<8', [2, 4, 7], [0, 3, 8]],
		['>80', [81], [80]],
		['<= 50', [0, 50], [51]],
		['>=50 %', [50], [49]],
		['=2; =4', [2, 4], [3]],
		['2, 3', [2, 3], [2.3]],
		['>2,5', [3], [2.5, 2]],
		['2,5', [2.5], [2, 5]],
		['5', [5], [4]]
	])('%s', (text, inside, outside) => {
		const test = condition(text)!;
		expect(inside.filter(test)).toEqual(inside);
		expect(outside.filter(test)).toEqual([]);
	});
	it.each(['>', 'x', '>3&', '2,,3', '>>3', '3>', '1e3'])('%s is none', (text) => {
		expect(condition(text)).toBeNull();
		expect(understood('covered', text)).toBe(false);
		expect(understood('name', text)).toBe(true);
	});
});
describe('the boxes together', () => {
	const place = (name: string, covered: number, households: number) => ({
		...{ code: name, name, level: 'commune' as const, kind: 'phuong' as const },
		...{ covered, households, not_covered: 10, unknown: 5 }
	});
	const places = [place('Hà Tu', 81, 100), place('Cao Xanh', 50, 100), place('Cô Tô', 0, 0)];
	it.each([
		[{}, ['Hà Tu', 'Cao Xanh', 'Cô Tô']],
		[{ name: 'ha' }, ['Hà Tu']],
		[{ share: '>80' }, ['Hà Tu']],
		[{ share: '<50' }, []],
		[{ covered: '50,>80', name: 'c' }, ['Cao Xanh']],
		[{ households: '<1' }, ['Cô Tô']],
		[{ share: 'much' }, ['Hà Tu', 'Cao Xanh', 'Cô Tô']]
	])('%o', (where, names) =>
		expect(places.filter(matcher(where)).map((one) => one.name)).toEqual(names)
	);
	it('live in the address', () => {
		const query = new URLSearchParams('sort=-share&f-unknown=3');
		writeWhere(query, { share: '2,>3&<8', name: ' Hà ' });
		expect(query.get('f-unknown')).toBeNull();
		expect(readWhere(new URLSearchParams(query.toString()))).toEqual({
			share: '2,>3&<8',
			name: 'Hà'
		});
		expect(query.get('sort')).toBe('-share');
	});
});
