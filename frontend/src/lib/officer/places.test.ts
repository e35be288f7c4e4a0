import { describe, expect, it } from 'vitest';
import type { Me, RoleGrant } from '../api/types.ts';
import { opens, placeName, startsOf } from './places.ts';

const me = (...roles: Partial<RoleGrant>[]): Me =>
	({
		roles: roles.map((grant) => ({ scope_id: null, scope_name: '', ...grant }))
	}) as unknown as Me;

describe('names of places', () => {
	it('puts the kind in front', () => {
		expect(placeName({ kind: 'khu_pho', name: '3' })).toBe('Khu phố 3');
		expect(placeName({ kind: 'đặc khu', name: 'Vân Đồn' })).toBe('Đặc khu Vân Đồn');
	});
	it('leaves a name alone whose kind is not told', () =>
		expect(placeName({ name: 'Hồng Gai' })).toBe('Hồng Gai'));
});

describe('where an officer starts', () => {
	it('is the province for whoever reaches everything', async () =>
		expect(await startsOf(me({ role: 'admin', scope_kind: 'all' }))).toEqual([
			{ code: '22', name: '' }
		]));
	it('is each own area once', async () => {
		const grant = { scope_kind: 'area', scope_code: '06685', scope_name: 'Hồng Gai' } as const;
		const starts = await startsOf(
			me({ role: 'commune_officer', ...grant }, { role: 'team_member', ...grant })
		);
		expect(starts).toEqual([{ code: '06685', name: 'Hồng Gai' }]);
	});
	it('is nowhere without an area', async () =>
		expect(await startsOf(me({ role: 'teacher', scope_kind: 'class' }))).toEqual([]));
});

describe('the way up', () => {
	const province = { code: '22', name: 'Quảng Ninh', level: 'province' } as const;
	it('ends below the province for a commune', () => {
		expect(opens(me({ role: 'commune_officer' }), province)).toBe(false);
		expect(opens(me({ role: 'commune_officer' }), { ...province, level: 'commune' })).toBe(true);
	});
	it('leads to the province for the department', () =>
		expect(opens(me({ role: 'dept_officer' }), province)).toBe(true));
});
