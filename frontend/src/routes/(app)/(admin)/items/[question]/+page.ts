import '#lib/words-staff.ts';
import { item } from '#lib/api/items.ts';
import { orError } from '#lib/load.ts';
import { only, READS_ITEMS } from '#lib/officer/guard.ts';
import { hasRole } from '#lib/session.svelte.ts';

export const load = async ({ params, parent, depends }) => {
	depends('app:item');
	const { me } = await parent();
	only(me, READS_ITEMS);
	return { item: await orError(item(params.question)), operates: hasRole(me, 'admin') };
};
