import { describe, expect, it } from 'vitest';
import { inFours, readDigests } from './read.ts';

const root = 'ab12'.repeat(16);

describe('a printed digest', () => {
	it('is read as it is scanned, typed and pasted', () => {
		const want = [{ day: '2026-11-20', root }];
		expect(readDigests(`nhaso:digest:2026-11-20:${root}`)).toEqual(want);
		expect(readDigests(`2026-11-20 ${inFours(root).toUpperCase()}`)).toEqual(want);
		expect(readDigests(`Cuối ngày 20/11/2026:\n${inFours(root).replaceAll(' ', '\n')}\n`)).toEqual(
			want
		);
	});
	it('may be many', () => {
		const other = '0'.repeat(64);
		expect(
			readDigests(`2026-11-20 ${root}\n2026-11-21 ${other}\nnhaso:digest:2026-11-22:${root}`)
		).toEqual([
			{ day: '2026-11-20', root },
			{ day: '2026-11-21', root: other },
			{ day: '2026-11-22', root }
		]);
	});
	it('is nothing when a digit is missing or too many', () => {
		expect(readDigests(`2026-11-20 ${root.slice(1)}`)).toEqual([]);
		expect(readDigests(`2026-11-20 ${root}a`)).toEqual([]);
		expect(readDigests(root)).toEqual([]);
		expect(readDigests('')).toEqual([]);
	});
});
