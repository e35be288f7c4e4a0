import { describe, expect, it } from 'vitest';
import { explainHref, lastDay, readAsked } from './explain.ts';

describe('the address of an explanation', () => {
	it('leaves out what is as usual', () => {
		expect(explainHref('22', 'covered')).toBe('/explain/22');
		expect(explainHref('V-A 1', 'unknown', { aim: 'all', on: '', basis: 'residence' })).toBe(
			'/explain/V-A%201?figure=unknown'
		);
		expect(explainHref('22', 'covered', { on: '2026-10-31', map: '2026-10-31' })).toBe(
			'/explain/22?on=2026-10-31'
		);
	});
	it('survives being written and read', () => {
		const asked = {
			figure: 'not_covered',
			aim: 'online_payment',
			on: '2026-10-31',
			map: '2024-10-31',
			seen: '2026-11-05T03:00:00Z',
			school: '22THCS001',
			basis: 'school'
		} as const;
		const url = new URL(explainHref('06685', asked.figure, asked), 'https://x');
		expect(url.pathname).toBe('/explain/06685');
		expect(readAsked(url.searchParams)).toEqual(asked);
	});
	it('takes nonsense for nothing', () => {
		const asked = readAsked(new URLSearchParams('figure=share&skill=x&on=31/10&seen=gestern'));
		expect(asked).toEqual(readAsked(new URLSearchParams()));
	});
});

describe('the last day of a month', () => {
	it('knows short months and leap years', () => {
		expect(['2026-02', '2028-02', '2026-12'].map(lastDay)).toEqual([
			'2026-02-28',
			'2028-02-29',
			'2026-12-31'
		]);
	});
});
