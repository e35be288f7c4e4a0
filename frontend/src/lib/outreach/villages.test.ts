import { describe, expect, it } from 'vitest';
import { allVillages, isProvince, sift, type VillageName } from './villages.ts';

const village = (n: number, name = `Thôn ${n}`): VillageName => ({
	code: `V-${n}`,
	kind: 'thon',
	name
});

describe('allVillages', () => {
	it.each([0, 1, 199, 200, 201, 450])('reads %i, part after part', async (n) => {
		const all = Array.from({ length: n }, (_, i) => village(i));
		const asked: (string | undefined)[] = [];
		const read = (_: string, page: { cursor?: string; limit?: number } = {}) => {
			asked.push(page.cursor);
			const from = Number(page.cursor ?? 0);
			const to = from + (page.limit ?? 50);
			return Promise.resolve({
				items: all.slice(from, to),
				next_cursor: to < n ? String(to) : null
			});
		};
		const found = await allVillages('06685', read as never);
		expect(found).toEqual(all);
		expect(asked).toHaveLength(Math.max(1, Math.ceil(n / 200)));
	});
});

describe('sift', () => {
	const list = [village(1, 'Khe Sim'), village(2, 'Đồng Mậu'), village(3, 'Khe Vằn')];
	it('finds without marks and never hides what is chosen', () => {
		expect(sift(list, 'dong', []).map(({ code }) => code)).toEqual(['V-2']);
		expect(sift(list, 'khe', ['V-2']).map(({ code }) => code)).toEqual(['V-2', 'V-1', 'V-3']);
		expect(sift(list, '', [])).toHaveLength(3);
	});
});

it('tells a province from a commune by its code', () => {
	expect([isProvince('22'), isProvince('06685')]).toEqual([true, false]);
});
