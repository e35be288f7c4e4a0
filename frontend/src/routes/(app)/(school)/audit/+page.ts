import { audit, auditDays, type AuditFilter } from '#lib/api/rights.ts';
import { orError } from '#lib/load.ts';
import { only, READS_AUDIT } from '#lib/officer/guard.ts';
import { hasRole } from '#lib/session.svelte.ts';

export const load = async ({ url, parent, depends }) => {
	depends('app:audit');
	const { me } = await parent();
	only(me, READS_AUDIT);
	const filter: AuditFilter = {};
	for (const key of ['act', 'from', 'to'] as const) {
		const value = url.searchParams.get(key);
		if (value) filter[key] = value;
	}
	const everything = hasRole(me, 'admin');
	const [list, days] = await orError(Promise.all([audit(filter), everything ? auditDays() : null]));
	return { filter, everything, list, days: days?.items ?? [] };
};
