import { error } from '@sveltejs/kit';
import { schoolBoard } from '#lib/api/gradebook.ts';
import { planSchool } from '#lib/api/plan.ts';
import { orError } from '#lib/load.ts';
import { wholeNumber } from '#lib/outreach/plan.ts';
import { hasRole } from '#lib/session.svelte.ts';

export const load = async ({ url, parent }) => {
	const { me } = await parent();
	if (!hasRole(me, 'head', 'school_admin')) error(403, { message: 'forbidden', code: 'forbidden' });
	const pupils = wholeNumber(url.searchParams.get('pupils'), 1, 100_000);
	const school =
		me.roles.find((grant) => grant.scope_kind === 'school')?.scope_id ??
		(await orError(schoolBoard())).classes[0]?.school_id ??
		'';
	return { plan: await orError(planSchool(school, pupils)), pupils: pupils ?? 0 };
};
