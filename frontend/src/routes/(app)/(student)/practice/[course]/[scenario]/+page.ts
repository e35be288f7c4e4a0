import { asProblem } from '#lib/api/problem.ts';
import { scenario, scenarios } from '#lib/api/scenario.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';
import { heldPlay } from '#lib/scenario/keep.ts';
import type { KeptRun } from '#lib/scenario/play.svelte.ts';
import type { Scenario } from '#lib/scenario/types.ts';

/** What became of a run that was begun on another version than the one of today. */
export type Older = 'going' | 'gone' | 'offline';

/** The version that a kept run was begun on, or why it is not to be had. */
async function versionOf(run: KeptRun): Promise<Scenario | Exclude<Older, 'going'>> {
	const { course, scenario: key, hash } = run;
	try {
		return (await remember(`scenario:${course}/${key}@${hash}`, () => scenario(course, key, hash)))
			.data;
	} catch (error) {
		const { offline, code } = asProblem(error);
		return offline || code === 'unavailable' ? 'offline' : 'gone';
	}
}

export const load = async ({ params, depends }) => {
	depends('app:scenario');
	const { course, scenario: key } = params;
	const [seen, held] = await orError(
		Promise.all([
			remember(`scenario:${course}/${key}`, () => scenario(course, key)),
			heldPlay(course, key)
		])
	);
	const page = {
		course,
		scenario: seen.data,
		staleSince: seen.staleSince,
		held,
		older: null as Older | null,
		// What was reached before is only shown: the scenario does not wait for it.
		heads: remember(`scenarios:${course}`, () => scenarios(course)).catch(() => null)
	};
	if (!held || held.hash === seen.data.hash) return page;
	const old = await versionOf(held);
	if (typeof old === 'string') return { ...page, held: null, older: old };
	return { ...page, scenario: old, older: 'going' as const };
};
