import { describe, expect, it } from 'vitest';
import { causeName, revokeReason, shortHash, signed, statusTone } from './words.ts';

describe('words', () => {
	it('shows an unknown code as it is', () =>
		expect(causeName('from_the_future')).toBe('from_the_future'));
	it.each([
		[3, '+3'],
		[-1, '−1'],
		[0, '0']
	])('signs %s', (value, text) => expect(signed(value)).toBe(text));
	it('names the reason of a revocation and keeps the note', () => {
		expect(revokeReason('issued_in_error: nhầm: lớp')).toMatch(/^[^:]+: nhầm: lớp$/);
		expect(revokeReason('issued_in_error')).not.toContain(':');
		expect(revokeReason('viết tay')).toBe('viết tay');
	});
	it('cuts hashes', () => expect(shortHash('0123456789abcdef')).toBe('0123456789ab'));
	it('gives each status a tone of its own', () =>
		expect(
			new Set([statusTone('covered'), statusTone('not_covered'), statusTone('unknown')]).size
		).toBe(3));
});
