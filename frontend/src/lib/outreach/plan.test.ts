import { describe, expect, it } from 'vitest';
import { factor, wholeNumber } from './plan.ts';

describe('factor', () => {
	it('is cut, never rounded up', () => {
		expect(factor({ households: 58, alphabetical: 30 })).toBe(1.9);
		expect(factor({ households: 10, alphabetical: 3 })).toBe(3.3);
	});
	it('claims nothing where the alphabet does as well or brings nothing', () => {
		expect(factor({ households: 5, alphabetical: 5 })).toBeNull();
		expect(factor({ households: 38, alphabetical: 36 })).toBeNull();
		expect(factor({ households: 5, alphabetical: 0 })).toBeNull();
	});
});

describe('wholeNumber', () => {
	it.each([
		['95', 95],
		[' 7 ', 7],
		['0', undefined],
		['101', undefined],
		['-3', undefined],
		['1e2', undefined],
		['', undefined],
		[null, undefined]
	])('%s', (text, want) => {
		expect(wholeNumber(text, 1, 100)).toBe(want);
	});
});
