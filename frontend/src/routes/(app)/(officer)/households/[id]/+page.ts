import { coverage, household } from '#lib/api/officer.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, depends }) => {
	depends('app:household');
	const one = await orError(household(params.id));
	// Only for the way up: the household is worth showing without it.
	const place = await coverage(one.village.code).catch(() => null);
	return { household: one, place };
};
