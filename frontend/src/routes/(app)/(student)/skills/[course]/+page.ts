import { attempts, course, home, progress } from '#lib/api/student.ts';
import { scenarios } from '#lib/api/scenario.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async ({ params }) => {
	const key = params.course;
	const [seen, mine, start, tries, practice] = await orError(
		Promise.all([
			remember(`course:${key}`, () => course(key)),
			remember('progress', progress),
			remember('home', home),
			remember('attempts', attempts),
			// Not kept yet and no network: the lessons are still there.
			remember(`scenarios:${key}`, () => scenarios(key)).catch(() => null)
		])
	);
	return {
		course: seen.data,
		staleSince: seen.staleSince ?? start.staleSince,
		lessons: mine.data.lessons.filter((l) => l.course_key === key),
		scenarios: practice?.data.items ?? [],
		home: start.data,
		tries: tries.data.items.filter((t) => t.course_key === key)
	};
};
