import { describe, expect, it } from 'vitest';
import { courseName, factsOf } from './facts.ts';

const text = (facts: Record<string, unknown>, key: string) =>
	factsOf(facts).find((fact) => fact.key === key)?.text;

describe('facts of a step', () => {
	it('leaves out identifiers and what is empty', () =>
		expect(factsOf({ person_id: 'x', session_id: 'y', reason: '', village: null })).toEqual([]));
	it('says a score of basis points in percent', () =>
		expect(text({ score: 8750 }, 'score')).toBe('87,5\u00a0%'));
	it('signs differences', () => {
		expect(text({ delta_covered: 1 }, 'delta_covered')).toBe('+1');
		expect(text({ delta_covered: -1 }, 'delta_covered')).toBe('−1');
	});
	it('cuts a hash short and keeps it whole beside', () => {
		const [fact] = factsOf({ course_hash: '2dfb9404864b0c6cd69f964955b5f5da' });
		expect(fact?.text).toBe('2dfb9404864b');
		expect(fact?.full).toBe('2dfb9404864b0c6cd69f964955b5f5da');
	});
	it('says yes and no in words', () => {
		expect(text({ intact: true }, 'intact')).not.toBe(text({ intact: false }, 'intact'));
		expect(text({ intact: true }, 'intact')).not.toContain('true');
	});
	it('lists the score of each question', () =>
		expect(
			text(
				{
					slots: [
						{ slot: 1, score: 10000 },
						{ slot: 2, score: 0 }
					]
				},
				'slots'
			)
		).toContain('100\u00a0%'));
	it('keeps its own order and puts what it does not know last', () =>
		expect(factsOf({ zebra: 1, state: 'confirmed', name: 'An' }).map((f) => f.key)).toEqual([
			'name',
			'state',
			'zebra'
		]));
});

describe('a course by its key', () => {
	it('is called by its skill', () =>
		expect(courseName('self_protection-thcs')).not.toContain('thcs'));
	it('keeps the key of one that is not known', () =>
		expect(courseName('cooking-thcs')).toBe('cooking-thcs'));
});
