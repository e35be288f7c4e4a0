import { job } from '#lib/api/registers.ts';
import { orError } from '#lib/load.ts';
import { IMPORTS_REGISTERS, only } from '#lib/officer/guard.ts';

export const load = async ({ parent, params, depends }) => {
	depends('app:register-job');
	const { me } = await parent();
	only(me, IMPORTS_REGISTERS);
	return { job: await orError(job(params.id)) };
};
