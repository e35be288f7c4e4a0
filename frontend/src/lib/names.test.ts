import { expect, it } from 'vitest';
import { byGivenName, fold } from './names.ts';

it('a class list is sorted by the last word, then by the whole name', () => {
	const list = ['Trần Thị Bình', 'Lê Văn An', 'Phạm Đức Ánh', 'Đỗ Thị An', 'Nguyễn Văn Đạt'];
	expect([...list].sort(byGivenName)).toEqual([
		'Đỗ Thị An',
		'Lê Văn An',
		'Phạm Đức Ánh',
		'Trần Thị Bình',
		'Nguyễn Văn Đạt'
	]);
});
it.each([
	['Hòa', 'Hoà'],
	['Đông Triều', 'dong trieu'],
	['  Quảng Yên ', 'QUANG YEN'],
	['Hồng Gai', 'Hồng Gai'.normalize('NFD')]
])('%s is found as %s', (a, b) => expect(fold(a)).toBe(fold(b)));
it('different names stay different', () => expect(fold('Hà An')).not.toBe(fold('Hà Ân Tây')));
