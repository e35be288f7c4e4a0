import { areaOf } from '#lib/register/area.ts';
import { duplicates, type PairState } from '#lib/api/registers.ts';
import { orError } from '#lib/load.ts';
import { MERGES_HOUSEHOLDS, only } from '#lib/officer/guard.ts';

const STATES: PairState[] = ['open', 'not_duplicate', 'merged'];

export const load = async ({ parent, params, url, depends }) => {
	depends('app:duplicates');
	const { me } = await parent();
	only(me, MERGES_HOUSEHOLDS);
	const asked = url.searchParams.get('state') as PairState | null;
	const show = asked && STATES.includes(asked) ? asked : 'open';
	const [area, list] = await orError(
		Promise.all([areaOf(params.area), duplicates(params.area, show)])
	);
	return { area, list, show };
};
