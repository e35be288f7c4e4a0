import { describe, expect, it } from 'vitest';
import type { MonthState, Stocks } from '../api/signoff.ts';
import { difference, monthName, readiness, stocksOf } from './words.ts';

const none: Stocks = { households: 0, known: 0, covered: 0, pupils: 0, certified: 0, passes: 0 };

describe('months in words', () => {
	it('names a month without a leading zero', () => {
		expect(monthName('2026-09')).toContain('9/2026');
		expect(monthName('2026-09')).not.toContain('09');
	});
	it('says a difference with a real minus and leaves out what is the same', () => {
		expect(difference(none)).toBe('');
		const said = difference({ ...none, covered: 3, pupils: -1 });
		expect(said).toMatch(/^\+3 .*, −1 /);
	});
	it('counts who is ready among those that sign', () => {
		const states: (MonthState | '')[] = ['approved', 'nothing', 'waiting', 'changed', '', 'locked'];
		expect(readiness(states.map((state) => ({ state })))).toEqual({ ready: 2, all: 4 });
	});
	it('shows each kind of unit its own figures', () => {
		expect(stocksOf('school').map((s) => s.key)).toEqual(['pupils', 'certified', 'passes']);
		expect(stocksOf('village').map((s) => s.key)).toEqual(['households', 'known', 'covered']);
		expect(stocksOf('commune')).toHaveLength(6);
	});
});
