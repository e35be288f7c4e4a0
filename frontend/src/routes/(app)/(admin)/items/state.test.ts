import { describe, expect, it } from 'vitest';
import { decimal } from './state.ts';

describe('p and r on screen', () => {
	it.each([
		[0.0955, '0,09'],
		[0.1, '0,10'],
		[0.29, '0,29'],
		[0.1999, '0,19'],
		[1, '1,00'],
		[0, '0,00'],
		[-0.031, '-0,04'],
		[null, '–']
	])('%s is %s', (value, want) => expect(decimal(value)).toBe(want));
});
