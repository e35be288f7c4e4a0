import { attempts, course, home, progress } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async ({ params }) => {
	const key = params.course;
	const [seen, mine, start, tries] = await orError(
		Promise.all([
			remember(`course:${key}`, () => course(key)),
			remember('progress', progress),
			remember('home', home),
			remember('attempts', attempts)
		])
	);
	return {
		course: seen.data,
		staleSince: seen.staleSince ?? start.staleSince,
		lessons: mine.data.lessons.filter((l) => l.course_key === key),
		home: start.data,
		tries: tries.data.items.filter((t) => t.course_key === key)
	};
};
