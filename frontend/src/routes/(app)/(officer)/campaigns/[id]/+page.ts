import { campaignBoard, walkers } from '#lib/api/visits.ts';
import { keptVisits } from '#lib/api/walk.ts';
import { villages } from '#lib/api/officer.ts';
import { orError } from '#lib/load.ts';
import { hasRole } from '#lib/session.svelte.ts';

export const load = async ({ params, parent }) => {
	const { me } = await parent();
	const board = await orError(campaignBoard(params.id));
	if (!hasRole(me, 'commune_officer', 'dept_officer'))
		return { board, walkers: null, villages: [], kept: [] };
	const [members, list, kept] = await orError(
		Promise.all([
			walkers(params.id),
			villages(board.area_code, { limit: 200 }),
			keptVisits(params.id)
		])
	);
	return { board, walkers: members.items, villages: list.items, kept: kept.items };
};
