// Roles that are for one course alone.
import { skillName } from '../words.ts';
import type { RoleGrant, Skill } from '../api/types.ts';

/** "online_payment-thcs" as its skill is called. */
export const skillOf = (course: string): string =>
	skillName(course.replace(/-[a-z]+$/, '') as Skill);

/** The course of a lesson that is opened with one tap: none where all of them may be learnt. */
export const tapCourse = (courses: string[]): string | null => courses[0] ?? null;

/** Which of these can be chosen: those of the role, or all. */
export const within = <T extends { key: string }>(list: T[], courses: string[]): T[] =>
	courses.length > 0 ? list.filter((c) => courses.includes(c.key)) : list;

/** The only courses for which somebody has a class by their roles; empty: all. */
export function limitsOf(roles: RoleGrant[], klass: { id: string; school_id: string }): string[] {
	const here = roles.filter((r) => r.scope_id === klass.id || r.scope_id === klass.school_id);
	return here.some((r) => !r.course_key) ? [] : here.flatMap((r) => r.course_key ?? []);
}
