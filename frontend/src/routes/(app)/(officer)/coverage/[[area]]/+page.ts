import { redirect } from '@sveltejs/kit';
import { coverage } from '#lib/api/officer.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';
import { startsOf } from '#lib/officer/places.ts';

export const load = async ({ params, parent, depends }) => {
	depends('app:coverage');
	const { area } = params;
	if (!area) {
		const { me } = await parent();
		const starts = await orError(startsOf(me));
		const [only] = starts;
		if (only && starts.length === 1) redirect(307, `/coverage/${only.code}`);
		return { starts, coverage: null, staleSince: null };
	}
	const seen = await orError(remember(`coverage:${area}`, () => coverage(area)));
	return { starts: [], coverage: seen.data, staleSince: seen.staleSince };
};
