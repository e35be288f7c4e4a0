import { expect, it } from 'vitest';
import { swipe } from './swipe.ts';

it.each([
	['to the left: on', [200, 300], [90, 310], 1],
	['to the right: back', [100, 300], [210, 290], -1],
	['too short', [200, 300], [150, 300], 0],
	['scrolling down', [200, 300], [190, 60], 0],
	['scrolling at an angle', [200, 300], [100, 230], 0],
	['from the left edge: the browser’s own back', [10, 300], [200, 300], 0],
	['from the right edge', [350, 300], [150, 300], 0]
] as const)('%s', (_name, [x, y], [tx, ty], want) =>
	expect(swipe({ x, y }, { x: tx, y: ty }, 360)).toBe(want)
);
