import { describe, expect, it } from 'vitest';
import { valueName } from './words.ts';

describe('what a finding’s number says', () => {
	it('names the unit', () => {
		expect(valueName('seconds', 12)).toContain('12');
		expect(valueName('days', -1)).not.toContain('-1');
		expect(valueName('z', -412)).toContain('−4,1');
		expect(valueName('a newer unit', 1200)).toBe('1.200');
	});
});
