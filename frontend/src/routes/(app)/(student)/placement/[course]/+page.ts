import { placement } from '#lib/api/learn.ts';
import { asProblem } from '#lib/api/problem.ts';
import { course } from '#lib/api/student.ts';
import { heldTest } from '#lib/learn/placement.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async ({ params }) => {
	const key = params.course;
	const [detail, held] = await orError(
		Promise.all([remember(`course:${key}`, () => course(key)), heldTest(key)])
	);
	// A test under way needs no network; another device may have finished it meanwhile.
	const [test, error] = await placement(key).then(
		(found) => [found, null] as const,
		(caught: unknown) => [null, caught] as const
	);
	const problem = error ? asProblem(error) : null;
	const away = problem?.offline === true || problem?.code === 'unavailable';
	if (problem && problem.code !== 'closed' && !(held && away)) await orError(Promise.reject(error));
	return {
		course: detail.data,
		held: test?.result ? null : held,
		test,
		openQuiz: problem?.code === 'closed'
	};
};
