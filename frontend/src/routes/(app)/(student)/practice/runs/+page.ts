import { myRuns, scenarios } from '#lib/api/scenario.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';
import { withOwn } from '#lib/scenario/own.ts';

/** ?of=<course>/<scenario>: the runs of one scenario alone. */
export const load = async ({ url }) => {
	const of = url.searchParams.get('of');
	const seen = await orError(
		// A device that never saw the list still has what was played on it.
		remember('myruns', myRuns).catch(async (error: unknown) => {
			if ((await withOwn([])).length === 0) throw error;
			return { data: { items: [] }, staleSince: new Date().toISOString() };
		})
	);
	const runs = (await withOwn(seen.data.items)).filter(
		(run) => !of || of === `${run.course_key}/${run.scenario_key}`
	);
	const courses = [...new Set(runs.map((run) => run.course_key))];
	const lists = await Promise.all(
		courses.map((c) => remember(`scenarios:${c}`, () => scenarios(c)).catch(() => null))
	);
	const heads = new Map(
		courses.flatMap((c, i) =>
			(lists[i]?.data.items ?? []).map((head) => [`${c}/${head.key}`, head])
		)
	);
	return {
		of,
		staleSince: seen.staleSince,
		runs: runs.map((run) => ({
			run,
			head: heads.get(`${run.course_key}/${run.scenario_key}`) ?? null
		}))
	};
};
