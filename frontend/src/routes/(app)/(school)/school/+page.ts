import { overview, todo } from '#lib/api/school.ts';
import { orError } from '#lib/load.ts';
import { schoolOf } from '#lib/school/mine.ts';
import { getLocale } from '#paraglide/runtime.js';

export const load = async ({ parent, url, depends }) => {
	depends('app:school');
	const { me } = await parent();
	const mine = schoolOf(me, url);
	const [of, list] = await orError(Promise.all([overview(mine.id), todo(mine.id, getLocale())]));
	return { mine, of, todo: list.items };
};
