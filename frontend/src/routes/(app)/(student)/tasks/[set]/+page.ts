import { practiceSet } from '#lib/api/sets.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';
import { solvedOf } from '#lib/practice/set.ts';

export const load = async ({ params }) => {
	const seen = await orError(remember(`set:${params.set}`, () => practiceSet(params.set)));
	return { set: seen.data, staleSince: seen.staleSince, solved: await solvedOf(seen.data) };
};
