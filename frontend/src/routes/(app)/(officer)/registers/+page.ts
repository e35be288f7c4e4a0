import { IMPORTS_REGISTERS, only } from '#lib/officer/guard.ts';

export const load = async ({ parent }) => {
	const { me } = await parent();
	only(me, IMPORTS_REGISTERS);
};
