import { items } from '#lib/api/items.ts';
import { orError } from '#lib/load.ts';
import { only, READS_ITEMS } from '#lib/officer/guard.ts';

export const load = async ({ parent }) => {
	const { me } = await parent();
	only(me, READS_ITEMS);
	return { items: (await orError(items())).items };
};
