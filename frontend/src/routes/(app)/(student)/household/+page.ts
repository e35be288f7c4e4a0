import { household } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async ({ depends }) => {
	depends('app:household');
	const seen = await orError(remember('household', household));
	return { mine: seen.data, staleSince: seen.staleSince };
};
