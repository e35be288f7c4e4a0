import { expect, it } from 'vitest';
import { biggest } from './fit.ts';

it.each([
	['all fit: the biggest', 99, 15],
	['none fits: the smallest', 0, 9],
	['what fits', 12.4, 12]
])('%s', (_name, limit, want) => expect(biggest(15, 9, 0.5, (size) => size <= limit)).toBe(want));
