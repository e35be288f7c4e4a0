import { teaching } from '#lib/api/learn.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async ({ params }) => {
	const seen = await orError(remember(`teaching:${params.course}`, () => teaching(params.course)));
	return { teaching: seen.data };
};
