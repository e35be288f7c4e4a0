import { describe, expect, it } from 'vitest';
import type { Assignment } from '../api/assign.ts';
import {
	bodyOf,
	countOf,
	dayIn,
	draftOf,
	endOf,
	fresh,
	startOf,
	termsOf,
	wrongOf
} from './draft.ts';

// 23 November 2026, 08:00 in school time; 23:30 of the day before in London.
const now = new Date('2026-11-23T01:00:00Z');
const given: Assignment = {
	id: 'a',
	class_id: 'c',
	kind: 'quiz',
	course_key: 'k',
	parts: [],
	title: 't',
	recipients: { to: 'group', group_id: 'g', person_ids: [] },
	group_name: 'Nhóm 1',
	opens_at: '2026-11-20T03:12:00Z',
	due_at: '2026-11-30T16:59:00Z',
	attempts: 2,
	release: 'by_hand',
	released_at: null,
	version: 4,
	done: 0,
	begun: 0,
	total: 3
};

describe('days', () => {
	it('are those of the school, whatever the clock of the computer says', () => {
		expect(dayIn(0, new Date('2026-11-22T17:00:00Z'))).toBe('2026-11-23');
		expect(dayIn(0, new Date('2026-11-22T16:59:00Z'))).toBe('2026-11-22');
		expect(dayIn(7, now)).toBe('2026-11-30');
		expect(startOf('2026-11-23')).toBe('2026-11-22T17:00:00Z');
		expect(endOf('2026-11-23')).toBe('2026-11-23T16:59:00Z');
	});
	it('that were not touched keep their minute', () => {
		const d = draftOf(given);
		expect(termsOf(d)).toMatchObject({ opens_at: given.opens_at, due_at: given.due_at });
		d.until = '2026-12-01';
		expect(termsOf(d)).toMatchObject({ opens_at: given.opens_at, due_at: endOf('2026-12-01') });
	});
});

describe('a draft', () => {
	it('sends what belongs to its kind and recipients only', () => {
		const d = { ...fresh(now), course: 'k', attempts: 3, release: 'by_hand' as const, group: 'g' };
		expect(bodyOf({ ...d, kind: 'lessons', parts: ['x'] }, 'c')).toMatchObject({
			parts: ['x'],
			attempts: null,
			release: 'after_close',
			recipients: { to: 'class', group_id: null, person_ids: [] }
		});
		expect(bodyOf({ ...d, parts: ['x'] }, 'c')).toMatchObject({
			parts: [],
			attempts: 3,
			release: 'by_hand'
		});
		expect(bodyOf({ ...d, to: 'group', persons: ['p'] }, 'c').recipients).toEqual({
			to: 'group',
			group_id: 'g',
			person_ids: []
		});
	});
	it('names what is missing, in the order of the form', () => {
		expect(wrongOf(fresh(now), now)).toEqual(['course']);
		const d = { ...fresh(now), course: 'k' };
		expect(wrongOf(d, now)).toEqual([]);
		expect(wrongOf({ ...d, kind: 'scenario', to: 'group' }, now)).toEqual(['parts', 'recipients']);
		expect(wrongOf({ ...d, kind: 'bank' }, now)).toEqual(['course', 'parts']);
		expect(wrongOf({ ...fresh(now), kind: 'bank', bank: 'b', parts: ['q'] }, now)).toEqual([]);
		expect(wrongOf(draftOf({ ...given, kind: 'bank' }), now)).toEqual([]);
		expect(wrongOf({ ...d, to: 'pupils' }, now)).toEqual(['recipients']);
		expect(wrongOf({ ...d, from: '2026-11-22' }, now)).toEqual(['from']);
		expect(wrongOf({ ...d, until: '2026-11-22' }, now)).toEqual(['until']);
		expect(wrongOf({ ...d, from: d.until }, now)).toEqual([]);
		const old = draftOf(given);
		expect(wrongOf(old, now)).toEqual([]);
		expect(wrongOf({ ...old, until: '2026-11-21' }, now)).toEqual(['until_past']);
		expect(wrongOf({ ...old, from: '2026-11-19' }, now)).toEqual(['from']);
	});
	it('counts who is asked', () => {
		const groups = [{ id: 'g', class_id: 'c', name: 'n', person_ids: ['1', '2'] }];
		expect(countOf(fresh(now), 40, groups)).toBe(40);
		expect(countOf({ ...fresh(now), to: 'group', group: 'g' }, 40, groups)).toBe(2);
		expect(countOf({ ...fresh(now), to: 'group', group: 'gone' }, 40, groups)).toBe(0);
		expect(countOf({ ...fresh(now), to: 'pupils', persons: ['1'] }, 40, groups)).toBe(1);
	});
});
