import { partners } from '#lib/api/partners.ts';
import { publicAreas } from '#lib/api/published.ts';
import { orError } from '#lib/load.ts';
import { only, PUBLISHES } from '#lib/officer/guard.ts';

export const load = async ({ parent, depends }) => {
	depends('app:partners');
	const { me } = await parent();
	only(me, PUBLISHES);
	const [list, open] = await orError(Promise.all([partners(), publicAreas()]));
	return { partners: list.items, published: open.items.length > 0 };
};
