import { describe, expect, it } from 'vitest';
import type { RoleGrant } from '../api/types.ts';
import { limitsOf, skillOf, tapCourse, within } from './limit.ts';

describe('a role for one course', () => {
	const list = [{ key: 'online_payment-thcs' }, { key: 'self_protection-thcs' }];
	it('opens lessons of that course', () => {
		expect(tapCourse(['online_payment-thcs'])).toBe('online_payment-thcs');
		expect(tapCourse([])).toBeNull();
	});
	it('offers that course', () => {
		expect(within(list, ['self_protection-thcs'])).toEqual([list[1]]);
		expect(within(list, [])).toEqual(list);
	});
	it('is no limit beside a role without one', () => {
		const klass = { id: 'c', school_id: 's' };
		const role = (scope_id: string, course_key = '') =>
			({
				role: 'module_teacher',
				scope_kind: 'class',
				scope_id,
				scope_name: '',
				course_key
			}) as RoleGrant;
		expect(limitsOf([role('c', 'a'), role('s', 'b'), role('x')], klass)).toEqual(['a', 'b']);
		expect(limitsOf([role('c', 'a'), role('s')], klass)).toEqual([]);
		expect(limitsOf([], klass)).toEqual([]);
	});
	it('is called by its skill', () => expect(skillOf('online_payment-thcs')).not.toContain('-'));
});
