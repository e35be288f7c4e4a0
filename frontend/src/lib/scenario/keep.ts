// Runs on this device: the one being played at each scenario, and the finished ones that the
// server has not acknowledged yet. Both belong to the signed-in person (offline/db.ts).
import { newId } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import { recordRun, type NewRun, type ScenarioRun } from '../api/scenario.ts';
import { forget, keep, kept, keptNames } from '../offline/db.ts';
import { pickVariant } from './variant.ts';
import type { KeptRun } from './play.svelte.ts';
import type { Mode, Scenario } from './types.ts';

const playName = (course: string, scenario: string) => `play:${course}/${scenario}`;
const RUN = 'run:';
const REFUSED = 'refused:';

export async function heldPlay(course: string, scenario: string): Promise<KeptRun | null> {
	return (await kept<KeptRun>(playName(course, scenario)).catch(() => null))?.value ?? null;
}
/** True when it is kept: false on a device without storage, where a reload begins anew. */
export const keepPlay = (run: KeptRun): Promise<boolean> =>
	keep(playName(run.course, run.scenario), run).then(
		() => true,
		() => false
	);
export const dropPlay = (course: string, scenario: string): Promise<void> =>
	forget(playName(course, scenario)).catch(() => undefined);

/** Tries before an id of a wanted variant counts as impossible: one in some thousand millions. */
const TRIES = 500;
/**
 * The id of a new run. It chooses the variant, so an id is looked for: another variant than
 * the last one's (the second play is not the first), or just the same (rewinding).
 */
export function newRunId(scenario: Scenario, want: { not?: string; same?: string } = {}): string {
	let id = newId();
	for (let n = 0; n < TRIES; n++, id = newId()) {
		const variant = pickVariant(scenario, id);
		if (want.same !== undefined ? variant === want.same : variant !== want.not) break;
		if (scenario.variants.length < 2) break;
	}
	return id;
}

export function newRun(course: string, scenario: Scenario, id: string, mode: Mode): KeptRun {
	return {
		id,
		course,
		scenario: scenario.key,
		hash: scenario.hash ?? '',
		mode,
		rewound: false,
		log: [],
		began: Date.now(),
		ticks: []
	};
}
/** A new run that begins with the first entries of another and goes on from there. */
export function rewind(run: KeptRun, scenario: Scenario, variant: string, at: number): KeptRun {
	const log = run.log.slice(0, at);
	// The clock goes on from the last entry kept: times never run backwards.
	const began = Date.now() - (log.at(-1)?.at ?? 0);
	return { ...run, id: newRunId(scenario, { same: variant }), rewound: true, log, began };
}

export type SendState = 'saved' | 'local' | 'unsaved' | 'refused';
export interface Sent {
	state: SendState;
	/** The server's answer, once it has one. */
	run?: ScenarioRun;
	/** Why it was refused. */
	code?: string;
}

const bodyOf = (run: KeptRun): NewRun => ({
	id: run.id,
	course_key: run.course,
	scenario_key: run.scenario,
	scenario_hash: run.hash,
	mode: run.mode,
	rewound: run.rewound,
	log: run.log
});

/** Keeps a finished run, then sends it. Safe to repeat: its id makes it one run. */
export async function handIn(run: KeptRun): Promise<Sent> {
	const body = bodyOf(run);
	const held = await keep(RUN + run.id, body).then(
		() => true,
		() => false
	);
	const sent = await send(body);
	return sent.state === 'local' && !held ? { state: 'unsaved' } : sent;
}

/** Refusals that another try would not change. What the server could not do is no refusal. */
const FINAL = ['invalid', 'not_found', 'out_of_date', 'log_reused', 'id_taken', 'conflict'];

async function send(body: NewRun): Promise<Sent> {
	try {
		const run = await recordRun(body);
		await forget(RUN + body.id).catch(() => undefined);
		return { state: 'saved', run };
	} catch (error) {
		const { code } = asProblem(error);
		if (!FINAL.includes(code)) return { state: 'local' };
		const note: Refused = {
			id: body.id,
			course: body.course_key,
			scenario: body.scenario_key,
			code
		};
		await keep(REFUSED + body.id, note).catch(() => undefined);
		await forget(RUN + body.id).catch(() => undefined);
		return { state: 'refused', code };
	}
}

/** A run that the server would not take: kept until the pupil has seen why. */
export interface Refused {
	id: string;
	course: string;
	scenario: string;
	code: string;
}
export async function refusedRuns(): Promise<Refused[]> {
	const names = await keptNames(REFUSED).catch(() => []);
	const all = await Promise.all(names.map((name) => kept<Refused>(name).catch(() => null)));
	return all.flatMap((found) => (found ? [found.value] : []));
}
export const dropRefused = (id: string): Promise<void> =>
	forget(REFUSED + id).catch(() => undefined);

/** How many finished runs the server has not acknowledged. */
export const unsentRuns = async (): Promise<number> =>
	(await keptNames(RUN).catch(() => [])).length;

let sending: Promise<void> | null = null;
/** Sends every finished run held here; called when the network is back and when a page opens. */
export function sendHeldRuns(): Promise<void> {
	sending ??= (async () => {
		for (const name of await keptNames(RUN).catch(() => [])) {
			const body = (await kept<NewRun>(name).catch(() => null))?.value;
			if (body && (await send(body)).state === 'local') return;
		}
	})().finally(() => {
		sending = null;
	});
	return sending;
}
