import { months } from '#lib/api/signoff.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params }) => ({
	place: params.area,
	of: await orError(months(params.area))
});
