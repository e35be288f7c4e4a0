import { redirect } from '@sveltejs/kit';
import { orError } from '#lib/load.ts';
import { homeOf, requireMe } from '#lib/session.svelte.ts';

export const load = async () => {
	const me = await orError(requireMe('/'));
	redirect(307, homeOf(me));
};
