import { describe, expect, it } from 'vitest';
import { normalCode, soundCode } from './code.ts';

const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const whole = (body: string) =>
	body + ALPHABET[[...body].reduce((sum, one, n) => sum + (n + 1) * ALPHABET.indexOf(one), 0) % 31];

describe('codes', () => {
	it('reads what was typed or scanned', () => {
		expect(normalCode(' 7kqm-29xd a3 ')).toBe('7KQM29XDA3');
		expect(normalCode('https://nhaso.vn/consent/7KQM29XDA3')).toBe('7KQM29XDA3');
	});
	it('takes a sound one and tells every single wrong character', () => {
		const code = whole('7KQM29XDA');
		expect(soundCode(code.toLowerCase())).toBe(true);
		for (let n = 0; n < code.length; n++)
			for (const other of ALPHABET)
				if (other !== code[n])
					expect(soundCode(code.slice(0, n) + other + code.slice(n + 1))).toBe(false);
	});
	it('tells two letters that changed places', () => {
		const code = whole('23456789A');
		for (let n = 0; n + 2 < code.length; n++)
			expect(soundCode(code.slice(0, n) + code[n + 1] + code[n] + code.slice(n + 2))).toBe(false);
	});
	it('refuses what is none', () => {
		for (const text of ['', '7', 'ABO1', 'A'.repeat(31)]) expect(soundCode(text)).toBe(false);
	});
});
