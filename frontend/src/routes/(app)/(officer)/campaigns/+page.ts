import { campaigns } from '#lib/api/visits.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ depends }) => {
	depends('app:campaigns');
	return { list: (await orError(campaigns())).items };
};
