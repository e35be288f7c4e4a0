import { transfers } from '#lib/api/school.ts';
import { orError } from '#lib/load.ts';
import { classChoices } from '#lib/school/classes.ts';
import { managed } from '#lib/school/mine.ts';

export const load = async ({ parent, url, depends }) => {
	depends('app:school-transfers');
	const { me } = await parent();
	const mine = managed(me, url);
	const [of, classes] = await orError(Promise.all([transfers(mine.id), classChoices(mine.name)]));
	return { mine, of, classes };
};
