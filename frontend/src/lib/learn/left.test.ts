import { describe, expect, it } from 'vitest';
import { leftFor } from './left.ts';

const one = (course_key: string, attempts_left: number | null, due_at = '2026-12-01') => ({
	course_key,
	attempts_left,
	due_at
});

describe('attempts left at home', () => {
	it.each([
		['nothing is asked', [], null],
		['no bound', [one('a', null)], null],
		['another course', [one('b', 1)], null],
		['one bound', [one('a', 2)], { left: 2, until: '2026-12-01' }],
		[
			'the tightest',
			[one('a', 3), one('a', 1, '2026-12-05'), one('a', 2)],
			{ left: 1, until: '2026-12-05' }
		],
		[
			'used up twice: the later end',
			[one('a', 0, '2026-12-09'), one('a', 0)],
			{ left: 0, until: '2026-12-09' }
		]
	] as const)('%s', (_name, list, want) => expect(leftFor([...list], 'a')).toEqual(want));
});
