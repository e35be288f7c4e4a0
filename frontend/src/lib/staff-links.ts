// The pages of the staff, in the order of the bar, with the roles that see them.
import { m } from '#paraglide/messages.js';
import type { RoleName } from './api/types.ts';
import {
	ANSWERS_REQUESTS,
	FILES_REQUESTS,
	IMPORTS_REGISTERS,
	LOOKS_UP_NAMES,
	MANAGES_ACCOUNTS,
	MANAGES_PLACES,
	READS_AUDIT,
	READS_CERTIFICATES,
	PUBLISHES,
	READS_COVERAGE,
	READS_ITEMS,
	SIGNS_MONTHS
} from './officer/guard.ts';

export interface StaffLink {
	href: string;
	text: string;
	roles: RoleName[];
}

export const staffLinks: StaffLink[] = [
	{ href: '/school', text: m.nav_school(), roles: ['head', 'school_admin'] },
	{
		href: '/classes',
		text: m.nav_classes(),
		roles: ['teacher', 'module_teacher', 'invigilator', 'head', 'school_admin']
	},
	{ href: '/teach', text: m.nav_teach(), roles: ['teacher', 'module_teacher', 'school_admin'] },
	{ href: '/visits', text: m.visit_nav(), roles: ['team_member'] },
	{ href: '/coverage', text: m.nav_coverage(), roles: READS_COVERAGE },
	{ href: '/reports', text: m.report_nav(), roles: READS_COVERAGE },
	{ href: '/campaigns', text: m.camp_nav(), roles: READS_COVERAGE },
	{ href: '/signoff', text: m.so_nav(), roles: SIGNS_MONTHS },
	{ href: '/certificates-admin', text: m.nav_certificates_admin(), roles: READS_CERTIFICATES },
	{ href: '/registers', text: m.nav_registers(), roles: IMPORTS_REGISTERS },
	{ href: '/villages-admin', text: m.nav_villages_admin(), roles: MANAGES_PLACES },
	{ href: '/items', text: m.nav_items(), roles: READS_ITEMS },
	{ href: '/partners', text: m.partner_title(), roles: PUBLISHES },
	{ href: '/names', text: m.look_nav(), roles: LOOKS_UP_NAMES },
	{ href: '/requests', text: m.rights_nav(), roles: [...FILES_REQUESTS, ...ANSWERS_REQUESTS] },
	{ href: '/audit', text: m.audit_nav(), roles: READS_AUDIT },
	{ href: '/retention', text: m.keep_nav(), roles: ['admin'] },
	{ href: '/accounts', text: m.nav_accounts(), roles: MANAGES_ACCOUNTS }
];
