import { myRun } from '#lib/api/scenario.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async ({ params }) => {
	const [stage, seen] = await orError(
		Promise.all([
			import('#lib/scenario/stage.ts'),
			remember(`watched:${params.run}`, () => myRun(params.run))
		])
	);
	return { stage, run: seen.data, staleSince: seen.staleSince };
};
