import { describe, expect, it } from 'vitest';
import { quantile, STEPS } from './measure.ts';

describe('quantile', () => {
	it.each([
		[[], 0.5, 0],
		[[7], 0.95, 7],
		[[3, 1, 2], 0.5, 2],
		[[1, 2, 3, 4], 0.5, 2],
		[Array.from({ length: 100 }, (_, i) => i + 1), 0.95, 95]
	])('%j at %d is %d', (values, p, want) => expect(quantile(values as number[], p)).toBe(want));
	it('leaves the list as it is', () => {
		const list = [3, 1, 2];
		quantile(list, 0.5);
		expect(list).toEqual([3, 1, 2]);
	});
});

it('never saves more than eight at once: a lesson next door goes on', () => {
	expect(Math.max(...STEPS)).toBe(8);
});
