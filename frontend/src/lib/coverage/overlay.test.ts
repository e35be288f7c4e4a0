import { describe, expect, it } from 'vitest';
import type { Trend } from '../api/coverage.ts';
import { overlaid } from './overlay.ts';
import { ticks } from './ticks.ts';

const trend = (points: [string, number, number][]) =>
	({
		points: points.map(([on, covered, households]) => ({
			...{ on, covered, households, not_covered: households - covered, unknown: 0 },
			skills: { online_payment: households }
		}))
	}) as unknown as Trend;
const a = {
	name: 'A',
	trend: trend([
		['2026-11-01', 0, 100],
		['2026-11-08', 50, 100]
	])
};
const b = {
	name: 'B',
	trend: trend([
		['2026-11-08', 100, 200],
		['2026-11-15', 0, 0]
	])
};

describe('trends over each other', () => {
	it('stand on the days of all, with gaps where there was nothing', () => {
		const { days, lines } = overlaid([a, b], 'all');
		expect(days).toEqual(['2026-11-01', '2026-11-08', '2026-11-15']);
		expect(lines.map(({ shares }) => shares)).toEqual([
			[0, 50, null],
			[null, 50, null]
		]);
	});
	it('keep the numbers of lines that end together apart', () => {
		const [one, two] = overlaid([a, b], 'all').lines;
		expect(two!.label - one!.label).toBeGreaterThan(3);
	});
	it('are of the skill that was asked for', () =>
		expect(overlaid([a], 'online_payment').lines[0]!.shares).toEqual([100, 100]));
	it('of nothing are nothing', () => expect(overlaid([], 'all')).toEqual({ days: [], lines: [] }));
});
it.each([
	[1, [0, 1]],
	[43, [0, 20, 40]],
	[100, [0, 50, 100]],
	[950, [0, 500]]
])('ticks up to %i', (most, want) => expect(ticks(most)).toEqual(want));
