import { describe, expect, it } from 'vitest';
import type { SkillCount } from '../api/coverage.ts';
import { aimed, classEnds, copyName, daysOf, hasShapes, readWanted, writeWanted } from './view.ts';

const count: SkillCount = {
	households: 100,
	covered: 20,
	not_covered: 30,
	unknown: 50,
	skills: {
		public_services: 25,
		online_shopping: 20,
		online_payment: 40,
		self_protection: 21,
		local_platforms: 22
	}
};

describe('the address of a coverage page', () => {
	it('survives being written and read', () => {
		for (const text of [
			'',
			'?on=2026-01-31',
			'?on=2026-01-31&map=2024-10-31&skill=online_payment&view=compare&with=06652%2C06658',
			'?view=trend'
		])
			expect(writeWanted(readWanted(new URLSearchParams(text)))).toBe(text);
	});
	it('keeps what it does not know', () => {
		const before = new URLSearchParams('sort=-covered&on=2026-01-31');
		expect(writeWanted({ ...readWanted(before), on: '' }, before)).toBe('?sort=-covered');
	});
	it('takes nonsense for nothing', () => {
		const wanted = readWanted(new URLSearchParams('on=31/12/2026&map=2026-99-99&skill=x&view=y'));
		expect(wanted).toEqual({ on: '', map: '', aim: 'all', view: 'map', beside: [] });
	});
	it('compares five places at most', () => {
		expect(readWanted(new URLSearchParams('with=a,b,c,d,e,f,g')).beside).toHaveLength(5);
	});
});

describe('the days asked for', () => {
	const ask = (text: string) => daysOf(readWanted(new URLSearchParams(text)), '2026-11-26');
	it('are none for this moment', () => expect(ask('skill=online_payment')).toEqual({}));
	it('put a past day under the map of today, where a code means what it means here', () =>
		expect(ask('on=2024-05-01')).toEqual({ on: '2024-05-01', map: '2026-11-26' }));
	it('put today under an older map', () =>
		expect(ask('map=2024-10-31')).toEqual({ on: '2026-11-26', map: '2024-10-31' }));
	it('name the kept copy', () => {
		expect(copyName('22', {})).toBe('coverage:22');
		expect(copyName('22', ask('on=2024-05-01'))).toBe('coverage:22@2024-05-01/2026-11-26');
	});
	it('know for which map there are shapes', () => {
		const shaped = (text: string) => hasShapes(readWanted(new URLSearchParams(text)));
		expect([shaped(''), shaped('map=2025-07-01'), shaped('map=2025-06-30')]).toEqual([
			true,
			true,
			false
		]);
	});
});

describe('counts', () => {
	it('of a skill add up to the register as those of all five do', () => {
		const one = aimed(count, 'online_payment');
		expect([one.covered, one.not_covered, one.unknown]).toEqual([40, 10, 50]);
		expect(one.covered + one.not_covered + one.unknown).toBe(one.households);
		expect(aimed(count, 'all')).toBe(count);
	});
	it('have five classes by the target', () =>
		expect(classEnds(8000)).toEqual([8000, 6000, 4000, 2000, 0]));
});
