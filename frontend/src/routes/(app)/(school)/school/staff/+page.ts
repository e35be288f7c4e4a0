import { staff } from '#lib/api/school.ts';
import { orError } from '#lib/load.ts';
import { classChoices, ofNewest } from '#lib/school/classes.ts';
import { schoolOf } from '#lib/school/mine.ts';

export const load = async ({ parent, url, depends }) => {
	depends('app:school-staff');
	const { me } = await parent();
	const mine = schoolOf(me, url);
	const [list, classes] = await orError(Promise.all([staff(mine.id), classChoices(mine.name)]));
	return { mine, staff: list.items, classes: ofNewest(classes) };
};
