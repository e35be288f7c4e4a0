import { requests, type State } from '#lib/api/rights.ts';
import { orError } from '#lib/load.ts';
import { ANSWERS_REQUESTS, FILES_REQUESTS, only } from '#lib/officer/guard.ts';
import { hasRole } from '#lib/session.svelte.ts';

export const load = async ({ url, parent, depends }) => {
	depends('app:requests');
	const { me } = await parent();
	only(me, [...FILES_REQUESTS, ...ANSWERS_REQUESTS]);
	const state: State = url.searchParams.get('state') === 'closed' ? 'closed' : 'open';
	const files = hasRole(me, ...FILES_REQUESTS);
	return { state, files, desk: await orError(requests(state, files)) };
};
