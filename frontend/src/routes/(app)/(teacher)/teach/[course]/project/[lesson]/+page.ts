import { projectedLesson } from '#lib/api/items.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

/** Kept on the device, so that a lesson opened before the period needs no network in it. */
export const load = async ({ params }) => {
	const { course, lesson } = params;
	const seen = await orError(
		remember(`wall:${course}/${lesson}`, () => projectedLesson(course, lesson))
	);
	return { course, deck: seen.data };
};
