import { currentLookup } from '#lib/api/rights.ts';
import { orError } from '#lib/load.ts';
import { LOOKS_UP_NAMES, only } from '#lib/officer/guard.ts';

export const load = async ({ parent, depends }) => {
	depends('app:lookup');
	const { me } = await parent();
	only(me, LOOKS_UP_NAMES);
	return { open: (await orError(currentLookup())).lookup };
};
