import { accounts } from '#lib/api/admin.ts';
import { ROLE_NAMES } from '#lib/api/types.ts';
import { orError } from '#lib/load.ts';
import { MANAGES_ACCOUNTS, only } from '#lib/officer/guard.ts';

export const load = async ({ url, parent, depends }) => {
	depends('app:accounts');
	const { me } = await parent();
	only(me, MANAGES_ACCOUNTS);
	const q = url.searchParams.get('q')?.trim() ?? '';
	const role = ROLE_NAMES.find((name) => name === url.searchParams.get('role'));
	const query = { ...(q ? { q } : {}), ...(role ? { role } : {}) };
	return { query, list: await orError(accounts(query)) };
};
