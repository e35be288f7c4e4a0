import { myRuns, scenarios } from '#lib/api/scenario.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async () => {
	const seen = await orError(remember('myruns', myRuns));
	const courses = [...new Set(seen.data.items.map((run) => run.course_key))];
	const lists = await Promise.all(
		courses.map((c) => remember(`scenarios:${c}`, () => scenarios(c)).catch(() => null))
	);
	const heads = new Map(
		courses.flatMap((c, i) =>
			(lists[i]?.data.items ?? []).map((head) => [`${c}/${head.key}`, head])
		)
	);
	return {
		staleSince: seen.staleSince,
		runs: seen.data.items.map((run) => ({
			run,
			head: heads.get(`${run.course_key}/${run.scenario_key}`) ?? null
		}))
	};
};
