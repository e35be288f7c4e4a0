import { describe, expect, it } from 'vitest';
import { atWork, jobState, likely, reasonWords } from './words.ts';

describe('words of the register', () => {
	it('say what speaks for a pair and what against', () => {
		expect(reasonWords('members:2')).toEqual({
			text: expect.stringContaining('2'),
			against: false
		});
		expect(reasonWords('other_birth_year').against).toBe(true);
		expect(reasonWords('newer_than_this_page').text).toBe('newer_than_this_page');
	});
	it('grade a score', () => {
		expect(new Set([60, 70, 85].map(likely)).size).toBe(3);
		expect(likely(84)).toBe(likely(70));
	});
	it('know when a job is at work', () => {
		expect((['receiving', 'checking', 'writing'] as const).every(atWork)).toBe(true);
		expect(atWork('ready')).toBe(false);
		expect(jobState('ready')).not.toBe('ready');
	});
});
