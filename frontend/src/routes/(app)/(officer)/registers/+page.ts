import { jobs } from '#lib/api/registers.ts';
import { orError } from '#lib/load.ts';
import { IMPORTS_REGISTERS, only } from '#lib/officer/guard.ts';

export const load = async ({ parent }) => {
	const { me } = await parent();
	only(me, IMPORTS_REGISTERS);
	return { jobs: (await orError(jobs())).items };
};
