import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { draw, middleOf, type Topology } from './topo.ts';

const file = JSON.parse(
	readFileSync(new URL('./qn_communes.json', import.meta.url), 'utf8')
) as Topology;
const areas = readFileSync(new URL('../../../../seeds/data/areas.csv', import.meta.url), 'utf8')
	.split(/\r?\n/)
	.map((line) => line.split(','))
	.filter((cells) => cells[2] === 'commune')
	.map(([code = '']) => code);

describe('the map of the province', () => {
	const drawing = draw(file);
	it('has one shape for every commune of today and no other', () => {
		expect(areas).toHaveLength(54);
		expect(drawing.shapes.map((shape) => shape.code).sort()).toEqual(areas.sort());
	});
	it('closes every ring and stays on the paper', () => {
		for (const shape of drawing.shapes) {
			expect(shape.path).toMatch(/^(M[\d. L]+Z)+$/);
			for (const ring of shape.path.split('Z').filter(Boolean)) {
				const points = ring.slice(1).split('L');
				expect(points.length).toBeGreaterThan(3);
				expect(points[0]).toBe(points.at(-1));
				for (const [x, y] of points.map((point) => point.split(' ').map(Number)) as [
					number,
					number
				][]) {
					expect(x).toBeGreaterThanOrEqual(0);
					expect(x).toBeLessThanOrEqual(drawing.width);
					expect(y).toBeGreaterThanOrEqual(0);
					expect(y).toBeLessThanOrEqual(drawing.height);
				}
			}
		}
	});
	it('keeps the proportions of the ground', () => {
		// 1.31 degrees of longitude by 0.95 of latitude, at 21 degrees north.
		expect(drawing.width / drawing.height).toBeGreaterThan(1);
		expect(drawing.width / drawing.height).toBeLessThan(1.8);
	});
	it('puts each label into its sheet', () => {
		for (const shape of drawing.shapes) {
			expect(shape.size).toBeGreaterThan(0);
			expect(shape.x).toBeGreaterThan(0);
			expect(shape.x).toBeLessThan(drawing.width);
		}
	});
});

describe('an arc that two neighbours share', () => {
	// Two unit squares side by side; the line between them is arc 0.
	const squares: Topology = {
		transform: { scale: [1, 1], translate: [100, 0] },
		arcs: [
			[
				[1, 0],
				[0, 1]
			],
			[
				[1, 1],
				[-1, 0],
				[0, -1],
				[1, 0]
			],
			[
				[1, 0],
				[1, 0],
				[0, 1],
				[-1, 0]
			]
		],
		objects: {
			x: {
				geometries: [
					{ type: 'Polygon', arcs: [[0, 1]], properties: { code: 'left' } },
					{ type: 'MultiPolygon', arcs: [[[2, -1]]], properties: { code: 'right' } }
				]
			}
		}
	};
	it('is walked both ways', () => {
		const { shapes } = draw(squares, 200);
		expect(shapes[0]?.path).toBe('M100 100L100 0L0 0L0 100L100 100Z');
		expect(shapes[1]?.path).toBe('M100 100L200 100L200 0L100 0L100 100Z');
		expect([shapes[0]?.x, shapes[1]?.x]).toEqual([50, 150]);
	});
	it('has a middle also when the ring is no area', () =>
		expect(middleOf([[3, 4]])).toEqual({ x: 3, y: 4, size: 0 }));
});
