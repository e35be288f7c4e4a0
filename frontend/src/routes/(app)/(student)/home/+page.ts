import { home } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async ({ depends }) => {
	depends('app:home');
	const seen = await orError(remember('home', home));
	return { home: seen.data, staleSince: seen.staleSince };
};
