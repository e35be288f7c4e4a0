import { describe, expect, it } from 'vitest';
import {
	bytes,
	clock,
	date,
	dateTime,
	fromLocalInput,
	grouped,
	number,
	percent,
	secondsLeft,
	share,
	time,
	toLocalInput,
	today
} from './format.ts';

describe('dates are shown in school time', () => {
	it.each([
		['2026-11-23T01:02:03Z', '23/11/2026', '08:02'],
		['2026-11-22T17:30:00Z', '23/11/2026', '00:30'],
		['2026-12-31T16:59:59Z', '31/12/2026', '23:59'],
		['2026-12-31T17:00:00Z', '01/01/2027', '00:00']
	])('%s → %s %s', (iso, day, hour) => {
		expect(date(iso)).toBe(day);
		expect(time(iso)).toBe(hour);
		expect(dateTime(iso)).toBe(`${day} ${hour}`);
	});
	it('a plain date is not moved by any zone', () => expect(date('2026-07-01')).toBe('01/07/2026'));
	it.each([null, undefined, '', 'not a date'])('%s is shown as nothing', (value) => {
		expect(date(value)).toBe('');
		expect(time(value)).toBe('');
		expect(dateTime(value)).toBe('');
	});
	it('an input goes there and back', () => {
		const at = new Date('2026-11-23T16:45:00Z');
		expect(toLocalInput(at)).toBe('2026-11-23T23:45');
		expect(fromLocalInput(toLocalInput(at))).toBe('2026-11-23T16:45:00Z');
		expect(today(new Date('2026-11-23T17:00:00Z'))).toBe('2026-11-24');
	});
});

describe('figures', () => {
	it('numbers are grouped as in Vietnam', () => expect(number(1234567)).toBe('1.234.567'));
	it.each([
		[1, 3, '33,3\u00a0%'],
		[2, 3, '66,7\u00a0%'],
		[0, 5, '0\u00a0%'],
		[5, 5, '100\u00a0%'],
		[6, 30000, '<0,1\u00a0%'],
		[15, 30000, '0,1\u00a0%'],
		[29999, 30000, '>99,9\u00a0%'],
		[29970, 30000, '99,9\u00a0%'],
		[0, 0, '–']
	])('%i of %i is %s', (part, whole, want) => expect(percent(part, whole)).toBe(want));
	it('no whole, no share', () => expect(share(3, 0)).toBeNull());
	it.each([
		[1, '1 KB'],
		[1000, '1 KB'],
		[1001, '2 KB'],
		[95_300, '96 KB'],
		[1_250_000, '1,3 MB']
	])('%i bytes is %s', (count, want) => expect(bytes(count)).toBe(want));
});

describe('clock', () => {
	it.each([
		[0, '0:00'],
		[9, '0:09'],
		[247, '4:07'],
		[3909, '1:05:09']
	])('%i s is %s', (seconds, want) => expect(clock(seconds)).toBe(want));
	it('time left is never below zero', () => {
		const until = '2026-11-23T01:00:00Z';
		expect(secondsLeft(until, Date.parse('2026-11-23T00:59:30Z'))).toBe(30);
		expect(secondsLeft(until, Date.parse('2026-11-23T02:00:00Z'))).toBe(0);
	});
});

it.each([
	['ABCD2345WXYZ', 'ABCD 2345 WXYZ'],
	['ABCDE', 'ABCD E'],
	['AB-CD', 'AB-CD'],
	['', '']
])('code %s is read as %s', (code, want) => expect(grouped(code)).toBe(want));
