import { classRuns } from '#lib/api/class-runs.ts';
import { board } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params }) => {
	const [runs, b] = await orError(Promise.all([classRuns(params.id), board(params.id)]));
	return { runs: runs.items, klass: b.class };
};
