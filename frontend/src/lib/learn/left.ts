// How many quizzes of a course a pupil may still begin at home.
import type { HomeAssignment } from '../api/types.ts';

/** The tightest bound of the assignments that run now; null: none bounds it. */
export function leftFor(
	assignments: Pick<HomeAssignment, 'course_key' | 'attempts_left' | 'due_at'>[],
	course: string
): { left: number; until: string } | null {
	let found: { left: number; until: string } | null = null;
	for (const { course_key, attempts_left: left, due_at: until } of assignments) {
		if (course_key !== course || left === null) continue;
		// Of two that are used up the later end is when the quiz is open again.
		if (!found || left < found.left || (left === found.left && until > found.until))
			found = { left, until };
	}
	return found;
}
