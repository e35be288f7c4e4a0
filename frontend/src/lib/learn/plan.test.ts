import { expect, it } from 'vitest';
import { timed } from './plan.ts';

const step = (minutes: number) => ({ minutes, name: '', teacher: '', pupils: '', offline: '' });

it('each step begins where the one before ends', () => {
	expect(timed([4, 8, 33].map(step)).map(({ from, to }) => [from, to])).toEqual([
		[0, 4],
		[4, 12],
		[12, 45]
	]);
	expect(timed([])).toEqual([]);
});
