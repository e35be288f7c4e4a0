import { teaching } from '#lib/api/learn.ts';
import { classes } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params }) => {
	const [plan, mine] = await orError(
		Promise.all([
			teaching(params.course),
			// Without classes of one's own the plans are still there to read.
			classes().catch(() => ({ items: [], next_cursor: null }))
		])
	);
	return { teaching: plan, classes: mine.items };
};
