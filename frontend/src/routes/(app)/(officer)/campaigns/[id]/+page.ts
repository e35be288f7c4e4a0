import { campaignBoard, walkers } from '#lib/api/visits.ts';
import { keptVisits } from '#lib/api/walk.ts';
import { orError } from '#lib/load.ts';
import { hasRole } from '#lib/session.svelte.ts';

export const load = async ({ params, parent, depends }) => {
	depends('app:campaign');
	const { me } = await parent();
	const board = await orError(campaignBoard(params.id));
	if (!hasRole(me, 'commune_officer', 'dept_officer')) return { board, walkers: null, kept: [] };
	const [members, kept] = await orError(Promise.all([walkers(params.id), keptVisits(params.id)]));
	return { board, walkers: members.items, kept: kept.items };
};
