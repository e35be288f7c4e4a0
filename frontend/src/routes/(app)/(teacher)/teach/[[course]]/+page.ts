import { teaching } from '#lib/api/learn.ts';
import { courses } from '#lib/api/student.ts';
import { classes } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params }) => {
	const { course } = params;
	if (!course) return { courses: (await orError(courses())).items };
	const [plan, mine] = await orError(
		Promise.all([
			teaching(course),
			// Without classes of one's own the plans are still there to read.
			classes().catch(() => ({ items: [], next_cursor: null }))
		])
	);
	return { teaching: plan, classes: mine.items };
};
