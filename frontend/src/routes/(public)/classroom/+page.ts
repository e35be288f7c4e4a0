import { here } from '#lib/api/laptops.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ depends }) => {
	depends('app:classroom');
	return { here: await orError(here()) };
};
