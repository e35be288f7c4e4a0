import { proposal, rollovers } from '#lib/api/school.ts';
import { orError } from '#lib/load.ts';
import { classChoices } from '#lib/school/classes.ts';
import { managed } from '#lib/school/mine.ts';

export const load = async ({ parent, url, depends }) => {
	depends('app:school-rollover');
	const { me } = await parent();
	const mine = managed(me, url);
	const year = url.searchParams.get('year') ?? '';
	const [plan, past, classes] = await orError(
		Promise.all([proposal(mine.id, year), rollovers(mine.id), classChoices(mine.name)])
	);
	return {
		mine,
		plan,
		past: past.items,
		classes: classes.filter((one) => one.year === plan.from_year)
	};
};
