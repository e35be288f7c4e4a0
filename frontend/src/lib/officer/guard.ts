import { error } from '@sveltejs/kit';
import type { Me, RoleName } from '../api/types.ts';
import { hasRole } from '../session.svelte.ts';

/** Who may read figures and households; what each sees there the server decides. */
export const READS_COVERAGE: RoleName[] = [
	'team_member',
	'commune_officer',
	'dept_officer',
	'admin'
];
export const READS_CERTIFICATES: RoleName[] = [
	'teacher',
	'head',
	'school_admin',
	'commune_officer',
	'dept_officer',
	'admin'
];
export const REVOKES: RoleName[] = ['school_admin', 'dept_officer', 'admin'];
export const IMPORTS_REGISTERS: RoleName[] = ['commune_officer', 'dept_officer', 'admin'];
export const MOVES_HOUSEHOLDS: RoleName[] = ['commune_officer', 'admin'];
export const MERGES_HOUSEHOLDS: RoleName[] = ['commune_officer', 'dept_officer', 'admin'];
export const INVITES_ADULTS: RoleName[] = ['team_member', 'commune_officer'];
export const DECIDES_LINKS: RoleName[] = ['commune_officer'];
export const SETS_TARGETS: RoleName[] = ['commune_officer', 'dept_officer', 'admin'];
export const MANAGES_PLACES: RoleName[] = ['dept_officer', 'admin'];
export const READS_ITEMS: RoleName[] = ['dept_officer', 'admin'];
export const PUBLISHES: RoleName[] = ['dept_officer', 'admin'];
export const SIGNS_MONTHS: RoleName[] = [
	'head',
	'school_admin',
	'commune_officer',
	'dept_officer',
	'admin'
];
export const READS_DIGESTS: RoleName[] = ['dept_officer', 'admin'];
export const MANAGES_ACCOUNTS: RoleName[] = ['school_admin', 'admin'];
export const FILES_REQUESTS: RoleName[] = ['teacher', 'school_admin', 'commune_officer'];
export const ANSWERS_REQUESTS: RoleName[] = ['school_admin', 'commune_officer', 'admin'];
export const LOOKS_UP_NAMES: RoleName[] = ['commune_officer', 'dept_officer', 'admin'];
export const READS_AUDIT: RoleName[] = ['head', 'school_admin', 'admin'];
export const OPERATES: RoleName[] = ['admin'];

/** Stops a page load for other roles with the page that says so. */
export function only(me: Me, roles: RoleName[]): void {
	if (!hasRole(me, ...roles)) error(403, { message: 'forbidden', code: 'forbidden' });
}
