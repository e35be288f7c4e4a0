import { error } from '@sveltejs/kit';
import { hasRole } from '#lib/session.svelte.ts';

export const load = async ({ parent }) => {
	const { me } = await parent();
	if (!hasRole(me, 'team_member')) error(403, { message: 'forbidden', code: 'forbidden' });
};
