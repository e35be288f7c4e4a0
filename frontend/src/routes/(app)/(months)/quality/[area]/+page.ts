import { quality } from '#lib/api/quality.ts';
import { orError } from '#lib/load.ts';
import { getLocale } from '#paraglide/runtime.js';

export const load = async ({ params }) => ({
	place: params.area,
	of: await orError(quality(params.area, getLocale()))
});
