import { certificate } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async () => {
	const seen = await orError(remember('certificate', certificate));
	return { ...seen.data, staleSince: seen.staleSince };
};
