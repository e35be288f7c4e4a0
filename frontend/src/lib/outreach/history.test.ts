import { describe, expect, it } from 'vitest';
import type { Outcome } from '../api/visits.ts';
import { byDay, type Line } from './history.ts';

const line = (id: string, day: string, hour: number, outcome: Outcome): Line => ({
	id,
	day,
	at: `${day}T0${hour}:00:00Z`,
	outcome,
	again: false,
	who: 'Tổ',
	note: ''
});

describe('byDay', () => {
	const lines = [
		line('b', '2026-11-23', 3, 'not_home'),
		line('a', '2026-11-23', 3, 'taught'),
		line('c', '2026-11-24', 1, 'refused'),
		line('d', '2026-11-24', 2, 'refused')
	];
	it('puts those of one day side by side, the newest day first', () => {
		expect(byDay(lines).map(({ day, lines: of }) => [day, of.map(({ id }) => id)])).toEqual([
			['2026-11-24', ['c', 'd']],
			['2026-11-23', ['a', 'b']]
		]);
	});
	it('is the same in whatever order they came', () => {
		expect(byDay([...lines].reverse())).toEqual(byDay(lines));
	});
	it('says where two who came on one day found different things', () => {
		expect(byDay(lines).map(({ differ }) => differ)).toEqual([false, true]);
		expect(byDay([])).toEqual([]);
	});
});
