import '#lib/officer/refusal.ts';
import { only, SIGNS_MONTHS } from '#lib/officer/guard.ts';

export const load = async ({ parent }) => {
	const { me } = await parent();
	only(me, SIGNS_MONTHS);
};
