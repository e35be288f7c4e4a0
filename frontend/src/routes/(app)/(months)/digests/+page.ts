import { digests } from '#lib/api/digests.ts';
import { orError } from '#lib/load.ts';
import { only, READS_DIGESTS } from '#lib/officer/guard.ts';

export const load = async ({ parent }) => {
	const { me } = await parent();
	only(me, READS_DIGESTS);
	return { days: await orError(digests()) };
};
