import { expect, test } from 'vitest';
import type { RoleGrant } from './api/types.ts';
import { CLASS_TABS, tabsFor } from './class-tabs.ts';

const all = CLASS_TABS.map((tab) => tab.path);
const reads = all.filter((path) => !['/consents', '/cards', '/import'].includes(path));
const grant = (role: string, scope_id: string, course_key = '', scope_kind = 'class') =>
	({ role, scope_kind, scope_id, scope_name: '', course_key }) as RoleGrant;

test.each([
	['a class teacher', [grant('teacher', '7A')], all],
	['the school', [grant('school_admin', 's', '', 'school')], all],
	['the head reads', [grant('head', 's', '', 'school')], reads],
	[
		'a module teacher of every course',
		[grant('module_teacher', '7A')],
		reads.filter((path) => path !== '/quality')
	],
	[
		'a module teacher of one course',
		[grant('module_teacher', '7A', 'self_protection-thcs')],
		['', '/assignments']
	],
	[
		'the own class is another one',
		[grant('teacher', '7B'), grant('module_teacher', '7A', 'self_protection-thcs')],
		['', '/assignments']
	]
])('%s', (_, roles, want) => {
	expect(tabsFor({ roles }, '7A').map((tab) => tab.path)).toEqual(want);
});
