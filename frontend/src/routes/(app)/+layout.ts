import { redirect } from '@sveltejs/kit';
import { orError } from '#lib/load.ts';
import { requireMe } from '#lib/session.svelte.ts';

export const load = async ({ url }) => {
	const me = await orError(requireMe(url.pathname + url.search));
	if (me.must_change_password && url.pathname !== '/account') redirect(307, '/account?first=1');
	return { me };
};
