import { classPlace, quality } from '#lib/api/quality.ts';
import { orError } from '#lib/load.ts';
import { getLocale } from '#paraglide/runtime.js';

export const load = async ({ params }) => {
	const place = classPlace(params.id);
	return { place, of: await orError(quality(place, getLocale())) };
};
