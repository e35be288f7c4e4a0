import { scenario, scenarios } from '#lib/api/scenario.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';
import { heldPlay } from '#lib/scenario/keep.ts';

export const load = async ({ params }) => {
	const { course, scenario: key } = params;
	const [seen, held] = await orError(
		Promise.all([
			remember(`scenario:${course}/${key}`, () => scenario(course, key)),
			heldPlay(course, key)
		])
	);
	return {
		course,
		scenario: seen.data,
		staleSince: seen.staleSince,
		held: held?.hash === seen.data.hash ? held : null,
		// What was reached before is only shown: the scenario does not wait for it.
		heads: remember(`scenarios:${course}`, () => scenarios(course)).catch(() => null)
	};
};
