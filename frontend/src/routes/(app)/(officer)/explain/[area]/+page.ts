import { explain } from '#lib/api/explain.ts';
import { readAsked } from '#lib/coverage/explain.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, url }) => {
	const asked = readAsked(url.searchParams);
	return { asked, of: await orError(explain(params.area, asked)) };
};
