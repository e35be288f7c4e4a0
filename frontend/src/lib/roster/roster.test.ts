import { expect, test } from 'vitest';
import { placeText, reasonText } from './reasons.ts';
import { schoolYears } from './years.ts';

test('a school year begins on 1 August', () => {
	expect(schoolYears('2026-07-31')).toEqual(['2025-2026', '2026-2027']);
	expect(schoolYears('2026-08-01')).toEqual(['2026-2027', '2027-2028']);
	expect(schoolYears('2027-01-15')[0]).toBe('2026-2027');
});

test('a place is named with sheet, row and column, as far as known', () => {
	expect(placeText({ row: 12 })).toBe('dòng 12');
	expect(placeText({ row: 12, column: 'Ngày sinh' })).toBe('dòng 12, cột Ngày sinh');
	expect(placeText({ sheet: '6A1', row: 3, column: 'Lớp' })).toBe('trang 6A1, dòng 3, cột Lớp');
});

test('a reason nobody has words for is still said', () => {
	expect(reasonText('invalid_date')).toContain('ngày');
	expect(reasonText('something_new')).toBe(reasonText('other'));
});
