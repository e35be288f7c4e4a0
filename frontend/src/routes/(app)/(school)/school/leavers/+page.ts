import { leavers } from '#lib/api/school.ts';
import { orError } from '#lib/load.ts';
import { classChoices } from '#lib/school/classes.ts';
import { schoolOf } from '#lib/school/mine.ts';

export const load = async ({ parent, url, depends }) => {
	depends('app:school-leavers');
	const { me } = await parent();
	const mine = schoolOf(me, url);
	const only = url.searchParams.get('unexplained') === '1';
	const [list, classes] = await orError(
		Promise.all([leavers(mine.id, only), classChoices(mine.name)])
	);
	return { mine, only, list: list.items, classes };
};
