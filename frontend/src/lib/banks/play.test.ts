import { describe, expect, it } from 'vitest';
import { MOST, pickAll, unplayed } from './play.ts';
import type { Draft } from './types.ts';

const draft = (n: number, why = '') => ({ id: `q${n}`, unplayed: why }) as Draft;

describe('picking everything', () => {
	it('leaves out what cannot be played', () =>
		expect(pickAll([draft(1), draft(2, 'no_answer'), draft(3)], ['q3'])).toEqual(['q3', 'q1']));
	it('stops where an assignment is full, and keeps what was picked before', () => {
		const list = Array.from({ length: MOST + 9 }, (_, n) => draft(n));
		const all = pickAll(list, ['q65']);
		expect(all.length).toBe(MOST);
		expect(all[0]).toBe('q65');
	});
});
describe('a reason', () => {
	it.each(['not_practice', 'no_answer', 'picture_missing'])('%s has words', (why) =>
		expect(unplayed(why).length).toBeGreaterThan(5)
	);
});
