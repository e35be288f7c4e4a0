import { redirect } from '@sveltejs/kit';
import { coveragePage } from '#lib/api/coverage.ts';
import { copyName, daysOf, readWanted } from '#lib/coverage/view.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';
import { startsOf } from '#lib/officer/places.ts';

export const load = async ({ params, parent, depends, url }) => {
	depends('app:coverage');
	const { area } = params;
	if (!area) {
		const { me } = await parent();
		const starts = await orError(startsOf(me));
		const [only] = starts;
		if (only && starts.length === 1) redirect(307, `/coverage/${only.code}`);
		return { starts, coverage: null, staleSince: null };
	}
	// Only the two days: choosing a skill or a view fetches nothing.
	const asked = new URLSearchParams();
	for (const name of ['on', 'map']) asked.set(name, url.searchParams.get(name) ?? '');
	const days = daysOf(readWanted(asked));
	const seen = await orError(remember(copyName(area, days), () => coveragePage(area, days)));
	return { starts: [], coverage: seen.data, staleSince: seen.staleSince };
};
