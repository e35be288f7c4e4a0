import { describe, expect, it } from 'vitest';
import type { MonthPage, MonthState, Stocks } from '../api/signoff.ts';
import { difference, monthName, readiness, stocksOf, unitWhy } from './words.ts';

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
	it('says which skills a difference is of', () => {
		const skills = {
			public_services: 0,
			online_shopping: 2,
			online_payment: -1,
			self_protection: 0,
			local_platforms: 0
		};
		expect(difference(none, skills).split(', ')).toHaveLength(2);
		expect(difference(none, skills)).toMatch(/^\+2 .*, −1 /);
	});
	it('explains a locked month as it was known then', () => {
		const page = {
			month: '2026-10',
			state: 'locked',
			locks: [
				{ locked_at: '2026-11-05T03:00:00Z', unlocked_at: '2026-11-06T03:00:00Z' },
				{ locked_at: '2026-11-07T03:00:00Z', unlocked_at: null }
			]
		} as MonthPage;
		expect(unitWhy(page, '06685', 'known')).toBe(
			'/explain/06685?figure=known&on=2026-10-31&seen=2026-11-07T03%3A00%3A00Z'
		);
		const running = { ...page, state: 'running', locks: [] } as MonthPage;
		expect(unitWhy(running, '06685', 'covered', 'online_payment')).toBe(
			'/explain/06685?skill=online_payment'
		);
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
