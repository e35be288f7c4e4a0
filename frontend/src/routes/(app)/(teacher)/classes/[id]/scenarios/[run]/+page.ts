import { classRun, classRuns } from '#lib/api/class-runs.ts';
import { board } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params }) => {
	const [stage, run, runs, b] = await orError(
		Promise.all([
			import('#lib/scenario/stage.ts'),
			classRun(params.id, params.run),
			classRuns(params.id),
			board(params.id)
		])
	);
	const head = runs.items.find((one) => one.id === params.run);
	return { stage, run, name: head?.name ?? '', klass: b.class };
};
