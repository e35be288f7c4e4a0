import { describe, expect, test } from 'vitest';
import type { LivePupil } from '../api/monitor.ts';
import { counts, merge, ordered, STATUSES } from './sort.ts';

const pupil = (name: string, status: LivePupil['status'], more: Partial<LivePupil> = {}) =>
	({ person_id: name, name, status, why: '', since: null, ...more }) as LivePupil;
const names = (list: LivePupil[]) => list.map((p) => p.name);

describe('the order of the monitor', () => {
	test('worst first, whatever order they come in', () => {
		const all = STATUSES.map((status, i) => pupil(`Em ${i}`, status));
		expect(ordered([...all].reverse(), null).list.map((p) => p.status)).toEqual(STATUSES);
	});
	test('an alert before a call before misses, then who waits longest, then the given name', () => {
		const help = (name: string, why: LivePupil['why'], since: string) =>
			pupil(name, 'needs_help', { why, since: `2026-11-23T01:0${since}:00Z` });
		const list = [
			help('Trần Bình', 'misses', '1'),
			help('Lê Châu', 'called', '5'),
			help('Vũ An', 'called', '3'),
			help('Phan Dũng', 'alert', '9'),
			pupil('Nguyễn Văn Yên', 'working'),
			pupil('Nguyễn Yến An', 'working')
		];
		expect(names(ordered(list, null).list)).toEqual([
			'Phan Dũng',
			'Vũ An',
			'Lê Châu',
			'Trần Bình',
			'Nguyễn Yến An',
			'Nguyễn Văn Yên'
		]);
	});
	test('a frozen order stands, and says that it would differ', () => {
		const before = [pupil('A', 'needs_help'), pupil('B', 'working')];
		const frozen = names(ordered(before, null).list);
		expect(ordered(before, frozen)).toEqual({ list: before, moved: false });
		const after = [pupil('A', 'done'), pupil('B', 'needs_help'), pupil('C', 'offline')];
		const shown = ordered(after, frozen);
		expect(names(shown.list)).toEqual(['A', 'B', 'C']);
		expect(shown.moved).toBe(true);
	});
	test('a change touches only those it names, and they keep their place', () => {
		const before = [pupil('A', 'in'), pupil('B', 'in'), pupil('C', 'in')];
		const after = merge(before, [pupil('B', 'offline'), pupil('X', 'in')]);
		expect(after.map((p) => p.status)).toEqual(['in', 'offline', 'in']);
		expect(after[0]).toBe(before[0]);
	});
	test('the counts add up to the class', () => {
		const list = [pupil('A', 'in'), pupil('B', 'in'), pupil('C', 'done')];
		expect(counts(list).reduce((sum, [, n]) => sum + n, 0)).toBe(3);
		expect(Object.fromEntries(counts(list))).toMatchObject({ in: 2, done: 1, not_in: 0 });
	});
});
