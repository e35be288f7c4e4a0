import { describe, expect, it } from 'vitest';
import { nextOpen } from './set.ts';

describe('the next question to answer', () => {
	const keys = ['a', 'b', 'c'];
	it.each([
		['the first', [], 0, 0],
		['after those that are right', ['a', 'b'], 0, 2],
		['from where the pupil is', [], 1, 1],
		['round to the beginning', ['b', 'c'], 2, 0],
		['none', ['c', 'a', 'b'], 1, -1]
	])('%s', (_name, solved, from, want) => expect(nextOpen(keys, solved, from)).toBe(want));
	it('of nothing is none', () => expect(nextOpen([], [], 0)).toBe(-1));
});
