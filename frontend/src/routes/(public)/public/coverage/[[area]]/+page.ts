import { redirect } from '@sveltejs/kit';
import { publicAreas, publicCoverage } from '#lib/api/published.ts';
import { asProblem } from '#lib/api/problem.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params }) => {
	const { area } = params;
	if (!area) {
		const { items } = await orError(publicAreas());
		const [only] = items;
		if (only && items.length === 1) redirect(307, `/public/coverage/${only.code}`);
		return { areas: items, of: null };
	}
	const of = await publicCoverage(area).catch((error: unknown) => {
		if (asProblem(error).code === 'not_found') return null;
		throw error;
	});
	return { areas: [], of };
};
