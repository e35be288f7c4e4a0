import { describe, expect, it } from 'vitest';
import type { Door, NewVisit, Outcome, Round } from '../api/visits.ts';
import {
	behind,
	inOrder,
	moved,
	scannedCode,
	search,
	slipCode,
	stand,
	withQueue
} from './doors.ts';

const DAY = '2026-11-24';
const door = (id: string, seen: [string, Outcome, boolean?][] = []): Door => ({
	id,
	code: `AB${id}`,
	head: `Đỗ Thị Hoà ${id}`,
	village: 'V',
	known: false,
	seen: seen.map(([at, outcome, again], n) => ({
		id: `${id}${n}`,
		at,
		outcome,
		again: again ?? false,
		own: true
	}))
});
const visit = (id: string, household: string, outcome: Outcome, at: string): NewVisit => ({
	id,
	household_id: household,
	outcome,
	again: false,
	slip: false,
	at
});
// 23:30 in Quảng Ninh of the day before; 00:30 of the day itself.
const EVE = '2026-11-23T16:30:00Z';
const NIGHT = '2026-11-23T17:30:00Z';

describe('stand', () => {
	it.each<[string, [string, Outcome, boolean?][], string]>([
		['nobody came yet', [], 'todo'],
		['not home yesterday, by school time', [[EVE, 'not_home']], 'top'],
		['not home today', [[NIGHT, 'not_home']], 'mopup'],
		['taught', [[EVE, 'taught']], 'done'],
		['asked for another visit yesterday', [[EVE, 'taught', true]], 'top'],
		['asked today: not before tomorrow', [[NIGHT, 'taught', true]], 'done'],
		[
			'the last visit decides',
			[
				[EVE, 'not_home'],
				[NIGHT, 'refused']
			],
			'done'
		]
	])('%s', (_, seen, want) => {
		expect(stand(door('1', seen), DAY)).toBe(want);
	});
});

describe('withQueue', () => {
	it('gives the same doors whatever the order, and knows what the server has already', () => {
		const doors = [door('1', [[EVE, 'not_home']]), door('2')];
		const queue = [
			visit('x', '1', 'taught', NIGHT),
			visit('10', '1', 'not_home', EVE),
			visit('y', '9', 'taught', NIGHT)
		];
		const once = withQueue(doors, queue);
		expect(withQueue(doors, [...queue].reverse())).toEqual(once);
		expect(withQueue(once, queue)).toEqual(once);
		expect(once[0]!.seen.map((s) => s.id)).toEqual(['10', 'x']);
		expect(once[1]!.seen).toEqual([]);
	});
});

describe('inOrder', () => {
	const doors = [
		door('done', [[EVE, 'moved']]),
		door('a'),
		door('later', [[NIGHT, 'not_home']]),
		door('b'),
		door('top', [[EVE, 'not_home']])
	];
	const ids = (list: Door[]) => list.map((d) => d.id);
	it('puts those who were not home first on the next day', () => {
		expect(ids(inOrder(doors, DAY, []))).toEqual(['top', 'a', 'b', 'later', 'done']);
	});
	it('keeps the walker’s own order within that', () => {
		const shown = inOrder(doors, DAY, []);
		const own = moved(shown, 'b', -1);
		expect(ids(inOrder(doors, DAY, own))).toEqual(['top', 'b', 'a', 'later', 'done']);
		expect(moved(shown, 'top', -1)).toEqual(ids(shown));
		expect(moved(shown, 'none', 1)).toEqual(ids(shown));
	});
});

describe('behind', () => {
	const round = (id: string, doors: Door[]) => ({ id, doors }) as unknown as Round;
	const rounds = [
		round('a', [{ ...door('1'), slip: '4HTQ7BZ' }, door('2')]),
		round('b', [{ ...door('3'), slip: '7KQM29X' }])
	];
	it.each([
		['7KQM-29X', 'b', '3'],
		['4htq 7bz', 'a', '1']
	])('%s', (typed, of, id) => {
		const found = behind(rounds, typed);
		expect([found?.round.id, found?.door.id]).toEqual([of, id]);
	});
	it('opens nothing for what is no code of this phone, nor for nothing at all', () => {
		expect(behind(rounds, 'AAAAAAA')).toBeUndefined();
		expect(behind(rounds, ' - ')).toBeUndefined();
		expect(slipCode(' 4htq-7bz ')).toBe('4HTQ7BZ');
	});
	it('is what the search finds too', () => {
		expect(search(rounds[0]!.doors, '4htq-7').map(({ id }) => id)).toEqual(['1']);
	});
});

describe('scannedCode', () => {
	it.each([
		['/visits#4HTQ7BZ', '4HTQ7BZ'],
		['/visits#4htq-7bz', '4htq-7bz'],
		['/visits#4HTQ%207BZ', '4HTQ 7BZ'],
		['/visits#4HTQ7BZ?zarsrc=30&utm_source=zalo', '4HTQ7BZ'],
		['/visits?utm_source=zalo#4HTQ7BZ', '4HTQ7BZ'],
		['/visits?slip=4HTQ7BZ', '4HTQ7BZ'],
		['/visits#%E0%A4%A', ''],
		['/visits#<script>', ''],
		['/visits#', ''],
		['/visits', '']
	])('%s brings "%s"', (address, code) =>
		expect(scannedCode(new URL(address, 'https://nhaso.test'))).toBe(code)
	);
});

describe('search', () => {
	const doors = [door('1'), door('2')];
	it.each([
		['hoa 1', 1],
		['đỗ', 2],
		['do thi', 2],
		['ab-2', 1],
		['', 2],
		['xyz', 0]
	])('%s', (query, n) => {
		expect(search(doors, query)).toHaveLength(n);
	});
});
