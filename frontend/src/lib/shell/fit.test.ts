import { describe, expect, it } from 'vitest';
import { fitting } from './fit.ts';

describe('what fits into the bar', () => {
	it.each([
		['nothing to show', [], 100, 0],
		['all, to the pixel', [50, 50], 104, 2],
		['all, though none would beside the button', [90], 90, 1],
		['one less: the button needs room too', [50, 50, 50], 157, 1],
		['a pixel more and all fit', [50, 50, 50], 158, 3],
		['none but the button', [80, 80], 100, 0]
	])('%s', (_, widths, room, n) => {
		expect(fitting(widths, room, 4, 60)).toBe(n);
	});
});
