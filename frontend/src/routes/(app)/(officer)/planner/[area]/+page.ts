import { coverage } from '#lib/api/officer.ts';
import { planArea } from '#lib/api/plan.ts';
import { orError } from '#lib/load.ts';
import { wholeNumber } from '#lib/outreach/plan.ts';

export const load = async ({ params, url }) => {
	const target = wholeNumber(url.searchParams.get('target'), 1, 100);
	const [of, plan] = await orError(
		Promise.all([coverage(params.area), planArea(params.area, target ? { target } : {})])
	);
	return { of, plan, target: target ?? 0 };
};
