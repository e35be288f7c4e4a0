import { retention } from '#lib/api/retention.ts';
import { orError } from '#lib/load.ts';
import { only, OPERATES } from '#lib/officer/guard.ts';

export const load = async ({ parent, depends }) => {
	depends('app:retention');
	const { me } = await parent();
	only(me, OPERATES);
	return { retention: await orError(retention()) };
};
