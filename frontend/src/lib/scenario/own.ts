// Finished runs as they lie on this device: what was just played can be watched again without a
// network, before the server has heard of it too. The scenario lies beside them, once a version.
import type { RunDetail, RunHead, ScenarioRun } from '../api/scenario.ts';
import { forget, keep, kept, keptNames } from '../offline/db.ts';
import type { Play } from './play.svelte.ts';
import type { Entry, Scenario } from './types.ts';

const OWN = 'own:';
/** How many runs a device keeps for watching. */
export const KEPT_RUNS = 20;

export interface OwnRun extends ScenarioRun {
	scenario_hash: string;
	log: Entry[];
}
const versionName = (course: string, key: string, hash: string) =>
	`scenario:${course}/${key}@${hash}`;

/** Keeps a run that has just ended. A device without room for it loses nothing but this copy. */
export async function keepOwn(course: string, play: Play): Promise<void> {
	const { scenario, run } = play;
	const result = play.machine.grade(run);
	const own: OwnRun = {
		id: play.id,
		course_key: course,
		scenario_key: scenario.key,
		scenario_hash: scenario.hash ?? '',
		variant: play.variant,
		mode: play.mode,
		rewound: play.rewound,
		percent: result.percent,
		passed: result.passed,
		counts: false, // that is the server's word
		finished_at: new Date().toISOString(),
		result,
		log: [...play.log]
	};
	try {
		if (await kept(OWN + own.id)) return; // seen again after a reload: it ended before
		await keep(versionName(course, scenario.key, own.scenario_hash), scenario);
		await keep(OWN + own.id, own);
		const names = (await keptNames(OWN)).sort(); // ids begin with their time
		for (const name of names.slice(0, -KEPT_RUNS)) await forget(name);
	} catch {
		// Storage full or forbidden.
	}
}

/** The runs of this device that a list does not have, in front of it, newest first. */
export async function withOwn(list: RunHead[]): Promise<(RunHead & { local?: true })[]> {
	const names = await keptNames(OWN).catch(() => []);
	const all = await Promise.all(names.map((name) => kept<OwnRun>(name).catch(() => null)));
	const known = new Set(list.map((run) => run.id));
	const mine = all
		.flatMap((found) => (found && !known.has(found.value.id) ? [found.value] : []))
		.map((run) => ({ ...run, local: true as const }));
	return [...mine, ...list].sort((a, b) => b.finished_at.localeCompare(a.finished_at));
}

/** A run of this device with the version it was played on; null if either is gone. */
export async function ownRun(id: string): Promise<RunDetail | null> {
	const own = (await kept<OwnRun>(OWN + id).catch(() => null))?.value;
	if (!own) return null;
	const name = versionName(own.course_key, own.scenario_key, own.scenario_hash);
	const scenario = (await kept<Scenario>(name).catch(() => null))?.value;
	return scenario ? { ...own, scenario, steps: [], intact: true } : null;
}
