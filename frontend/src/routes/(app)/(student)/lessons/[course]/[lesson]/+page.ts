import { course, lesson, progress } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';
import { furthest, heldStep } from '#lib/offline/progress.ts';
import { remember } from '#lib/offline/remember.ts';
import { shown } from '#lib/shown.ts';

export const load = async ({ params }) => {
	const { course: c, lesson: l } = params;
	const [seen, mine, held] = await orError(
		Promise.all([
			remember(`lesson:${c}/${l}`, () => lesson(c, l)),
			// Progress may be missing without a network: the lesson still opens.
			remember('progress', progress).catch(() => null),
			heldStep(c, l)
		])
	);
	const server = mine?.data.lessons.find((p) => p.course_key === c && p.lesson_key === l);
	return {
		lesson: seen.data,
		staleSince: seen.staleSince,
		step: furthest(server, held),
		// For glossary and "next lesson": not waited for, the first card comes first.
		course: shown()
			.then(() => remember(`course:${c}`, () => course(c)))
			.catch(() => null)
	};
};
