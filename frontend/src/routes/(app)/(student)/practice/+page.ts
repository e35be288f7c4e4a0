import { scenarios } from '#lib/api/scenario.ts';
import { home } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';
import { refusedRuns, sendHeldRuns, unsentRuns } from '#lib/scenario/keep.ts';

export const load = async ({ depends }) => {
	depends('app:practice');
	await sendHeldRuns();
	const start = await orError(remember('home', home));
	const courses = start.data.skills.filter((s) => s.state !== 'not_available');
	const lists = await Promise.all(
		courses.map((s) =>
			remember(`scenarios:${s.course_key}`, () => scenarios(s.course_key)).catch(() => null)
		)
	);
	return {
		staleSince: start.staleSince,
		unsent: await unsentRuns(),
		refused: await refusedRuns(),
		skills: courses
			.map((s, i) => ({ skill: s.skill, course: s.course_key, items: lists[i]?.data.items ?? [] }))
			.filter((s) => s.items.length > 0)
	};
};
