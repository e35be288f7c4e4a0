import { describe, expect, it } from 'vitest';
import { makePassword } from './password.ts';

describe('first passwords', () => {
	it('can be read aloud', () =>
		expect(makePassword()).toMatch(
			/^([bcdghkmnprtvx][aeiuy]){2}(-([bcdghkmnprtvx][aeiuy]){2}){2}-[2-9]{3}$/
		));
	it('do not repeat', () => {
		const many = new Set(Array.from({ length: 500 }, makePassword));
		expect(many.size).toBe(500);
	});
	it('use every letter', () => {
		const all = Array.from({ length: 300 }, makePassword).join('');
		for (const letter of 'bcdghkmnprtvxaeiuy23456789') expect(all).toContain(letter);
	});
});
