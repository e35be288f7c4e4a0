import { month } from '#lib/api/signoff.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params }) => ({
	place: params.area,
	first: await orError(month(params.area, params.month))
});
