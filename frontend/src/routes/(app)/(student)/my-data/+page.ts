import { myData } from '#lib/api/my-data.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ depends }) => {
	depends('app:my-data');
	return { mine: await orError(myData()) };
};
