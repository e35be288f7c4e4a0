import { describe, expect, it } from 'vitest';
import type { BoardStudent, SkillState } from './api/types.ts';
import { SKILLS } from './api/types.ts';
import { BOARD_FILTERS, keeps } from './board.ts';

function pupil(state: SkillState, more: Partial<BoardStudent> = {}): BoardStudent {
	const cell = { state, best_percent: null, lessons_done: 0, lessons_total: 1 };
	return {
		person_id: 'p',
		name: 'An',
		skills: Object.fromEntries(SKILLS.map((s) => [s, cell])) as BoardStudent['skills'],
		certificate: null,
		household: null,
		...more
	};
}
const done = pupil('passed', {
	certificate: { code: 'C', status: 'valid' },
	household: { state: 'confirmed', village_name: 'Khu 1' }
});

describe('board filters', () => {
	it('a finished pupil is shown under "all" only', () => {
		expect(BOARD_FILTERS.filter((f) => keeps(f, done))).toEqual(['all']);
	});
	it('a beginner is shown under every filter', () => {
		expect(BOARD_FILTERS.filter((f) => keeps(f, pupil('not_started')))).toEqual(BOARD_FILTERS);
	});
	it('a revoked certificate is none', () => {
		const revoked = { ...done, certificate: { code: 'C', status: 'revoked' as const } };
		expect(keeps('no_certificate', revoked)).toBe(true);
	});
	it('a claimed household is not a confirmed one', () => {
		const claimed = { ...done, household: { state: 'claimed' as const, village_name: '' } };
		expect(keeps('no_link', claimed)).toBe(true);
	});
});
