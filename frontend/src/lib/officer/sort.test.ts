import { describe, expect, it } from 'vitest';
import type { CoverageChild } from '../api/types.ts';
import { nextOrder, readOrder, sorted, START, writeOrder } from './sort.ts';

const child = (name: string, covered: number, households: number): CoverageChild => ({
	code: name,
	name,
	level: 'village',
	kind: 'khu_pho',
	households,
	covered,
	not_covered: 0,
	unknown: households - covered
});
const list = [child('10', 1, 10), child('2', 5, 20), child('Ấp', 0, 0), child('Ba', 5, 10)];
const names = (order: string) => sorted(list, readOrder(order)).map((c) => c.name);

describe('order of places', () => {
	it('sorts names as people count', () => expect(names('name')).toEqual(['2', '10', 'Ấp', 'Ba']));
	it('sorts figures, names deciding ties', () =>
		expect(names('-covered')).toEqual(['2', 'Ba', '10', 'Ấp']));
	it('keeps places without households last both ways', () => {
		expect(names('share')).toEqual(['10', '2', 'Ba', 'Ấp']);
		expect(names('-share')).toEqual(['Ba', '2', '10', 'Ấp']);
	});
	it('does not change the list it is given', () => {
		const before = list.map((c) => c.name);
		names('-households');
		expect(list.map((c) => c.name)).toEqual(before);
	});
});

describe('the address', () => {
	it.each(['name', '-name', 'share', '-unknown'])('reads back %s', (text) =>
		expect(writeOrder(readOrder(text))).toBe(text)
	);
	it.each([null, '', '-', 'code', '--name'])('takes %s for the start', (text) =>
		expect(readOrder(text)).toEqual(START)
	);
});

describe('a chosen column', () => {
	it('turns round', () =>
		expect(nextOrder({ by: 'covered', down: true }, 'covered').down).toBe(false));
	it('starts with the largest figure', () =>
		expect(nextOrder(START, 'unknown')).toEqual({ by: 'unknown', down: true }));
	it('starts names with A', () =>
		expect(nextOrder({ by: 'unknown', down: true }, 'name')).toEqual(START));
});
