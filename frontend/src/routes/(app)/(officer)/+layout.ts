import '#lib/officer/refusal.ts';
import { only, READS_COVERAGE } from '#lib/officer/guard.ts';

export const load = async ({ parent }) => {
	const { me } = await parent();
	only(me, READS_COVERAGE);
};
