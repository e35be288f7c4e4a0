import { drill } from '#lib/api/learn.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async () => {
	const seen = await orError(remember('drill', drill));
	return { drill: seen.data.drill, staleSince: seen.staleSince };
};
