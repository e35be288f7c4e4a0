import { error } from '@sveltejs/kit';
import { keptNames } from '#lib/offline/db.ts';
import { hasRole } from '#lib/session.svelte.ts';

/** For members; and for whoever was one, while this phone still holds visits to hand over. */
export const load = async ({ parent }) => {
	const { me } = await parent();
	if (hasRole(me, 'team_member')) return;
	const held = await keptNames('visit:').catch(() => []);
	if (held.length === 0) error(403, { message: 'forbidden', code: 'forbidden' });
};
