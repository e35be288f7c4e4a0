import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BoardRow } from './api/gradebook.ts';
import { apply, fromAddress, toAddress, totalsOf, windowOf } from './board.ts';

interface Vector {
	filters: string[];
	sort: string;
	desc: boolean;
	q: string;
	shown: string[];
}
const file = JSON.parse(
	readFileSync(new URL('../../../models/gradebook/testdata/views.json', import.meta.url), 'utf8')
) as { rows: BoardRow[]; views: Vector[] };

describe('the view of a board', () => {
	it('is that of the server, for every recorded view', () => {
		expect(file.views.length).toBeGreaterThan(50);
		for (const { shown, ...view } of file.views) {
			const got = apply(file.rows, { ...view, hide: [] }).map((row) => row.person_id);
			expect(got, JSON.stringify(view)).toEqual(shown);
		}
	});
	it('does not change the rows it was given', () => {
		const before = file.rows.map((row) => row.person_id);
		apply(file.rows, { filters: [], sort: 'certificate', desc: true, q: '', hide: [] });
		expect(file.rows.map((row) => row.person_id)).toEqual(before);
	});
	it('sums what is shown: two halves are the whole', () => {
		const whole = totalsOf(file.rows);
		const a = totalsOf(file.rows.slice(0, 13));
		const b = totalsOf(file.rows.slice(13));
		expect(whole.students).toBe(40);
		expect(a.certified + b.certified).toBe(whole.certified);
		expect(a.links_confirmed + b.links_confirmed).toBe(whole.links_confirmed);
		expect(whole.practice_asked).toBeGreaterThan(whole.practice_right);
		expect(a.practice_right + b.practice_right).toBe(whole.practice_right);
		expect(a.practice_asked + b.practice_asked).toBe(whole.practice_asked);
		for (const skill of Object.keys(whole.by_skill) as (keyof typeof whole.by_skill)[])
			expect((a.by_skill[skill] ?? 0) + (b.by_skill[skill] ?? 0)).toBe(whole.by_skill[skill]);
	});
});

describe('the address', () => {
	it('keeps a view', () => {
		const view = {
			filters: ['certificate:missing', 'skill:online_payment:learning'],
			sort: 'online_payment',
			desc: true,
			q: 'Ánh',
			hide: ['household']
		};
		expect(fromAddress(new URLSearchParams(toAddress(view)))).toEqual(view);
		expect(toAddress(fromAddress(new URLSearchParams('')))).toBe('');
	});
	it('leaves out what makes no sense', () => {
		const view = fromAddress(new URLSearchParams('f=x&f=near:one&sort=age&hide=name&hide=zz'));
		expect(view).toEqual({ filters: ['near:one'], sort: 'name', desc: false, q: '', hide: [] });
	});
});

describe('rows in the window', () => {
	it('are those in sight and a few more', () => {
		expect(windowOf(0, 400, 40, 1000, 5)).toEqual([0, 15]);
		expect(windowOf(4000, 400, 40, 1000, 5)).toEqual([95, 115]);
		expect(windowOf(-300, 400, 40, 3)).toEqual([0, 3]);
		expect(windowOf(90000, 400, 40, 1000)).toEqual([1000, 1000]);
		expect(windowOf(0, 400, 40, 0)).toEqual([0, 0]);
	});
});
