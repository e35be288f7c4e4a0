import { bySchoolAge } from '#lib/api/registers.ts';
import { orError } from '#lib/load.ts';
import { only, READS_COVERAGE } from '#lib/officer/guard.ts';
import { areaOf } from '#lib/register/area.ts';

export const load = async ({ parent, params }) => {
	const { me } = await parent();
	only(me, READS_COVERAGE);
	const [area, list] = await orError(Promise.all([areaOf(params.area), bySchoolAge(params.area)]));
	return { area, villages: list.items };
};
