import { describe, expect, it } from 'vitest';
import { classOf, classRange, readShown, spanOf } from './classes.ts';

const span = (low: number, high: number) => ({ low, high });
describe('the classes of the public map', () => {
	it.each([
		[80, 100, 100, 'A'],
		[79, 83, 100, 'B'],
		[0, 4, 100, 'E'],
		[20, 24, 100, 'D'],
		[40, 44, 100, 'C'],
		[0, 0, 0, undefined]
	])('%i to %i of %i', (low, high, n, grade) => expect(classOf(span(low, high), n)).toBe(grade));
	it('are none where nothing is told', () => {
		const of = { households: 9, covered: span(0, 4), not_covered: span(0, 9) };
		const area = { ...of, unknown: span(0, 9), hidden: false };
		expect(spanOf({ ...area, skills: [] }, 'all')).toEqual(span(0, 4));
		expect(spanOf({ ...area, skills: [] }, 'online_payment')).toBeUndefined();
		expect(spanOf({ ...area, hidden: true, skills: [] }, 'all')).toBeUndefined();
		const skills = [{ skill: 'online_payment' as const, held: span(5, 9) }];
		expect(spanOf({ ...area, skills }, 'online_payment')).toEqual(span(5, 9));
	});
	it('are said without a gap', () =>
		expect([0, 1, 2, 3, 4].map(classRange)).toEqual([
			'từ 80 %',
			'60 % đến dưới 80 %',
			'40 % đến dưới 60 %',
			'20 % đến dưới 40 %',
			'dưới 20 %'
		]));
	it('take a skill from the address, and nothing else', () => {
		expect(readShown('online_payment')).toBe('online_payment');
		expect(readShown('all')).toBe('all');
		expect(readShown('<script>')).toBe('all');
		expect(readShown(null)).toBe('all');
	});
});
