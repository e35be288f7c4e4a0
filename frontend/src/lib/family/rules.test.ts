import { describe, expect, it } from 'vitest';
import { pinProblem, plainCode, taught } from './rules.ts';

describe('what counts as taught', () => {
	const rows: [string, { do: string; blocked?: boolean }[], number][] = [
		['nothing', [], 0],
		['different things', [{ do: 'open' }, { do: 'saw.link' }, { do: 'report' }], 3],
		['the same thing twice', [{ do: 'open' }, { do: 'open' }], 1],
		['asking the coach', [{ do: 'hint' }], 0],
		['filling in', [{ do: 'set.name' }, { do: 'set.amount' }], 0],
		['what was not possible yet', [{ do: 'pay', blocked: true }], 0],
		['the same, done later', [{ do: 'pay', blocked: true }, { do: 'pay' }], 1]
	];
	it.each(rows)('%s', (_, steps, want) => expect(taught(steps)).toBe(want));
});

describe('four digits', () => {
	it.each([
		['', 'four_digits'],
		['123', 'four_digits'],
		['12345', 'four_digits'],
		['12a4', 'four_digits'],
		['١٢٣٤', 'four_digits'],
		['1234', 'too_easy'],
		['0000', 'too_easy'],
		['2580', null]
	])('%s → %s', (pin, want) => expect(pinProblem(pin)).toBe(want));
});

it('reads a code as people type it', () => {
	expect(plainCode(' abcd-efg h')).toBe('ABCDEFGH');
	expect(plainCode('--')).toBe('');
});
