// Which variant a run plays, and what it begins with. Apart from the engine, because the
// start page needs only this.
import type { Scenario } from './types.ts';

/** The variant of a run is chosen by its id, so that it can begin without the network. */
export function pickVariant(scenario: Scenario, id: string): string {
	const n = parseInt(id.replaceAll('-', '').slice(24), 16);
	return scenario.variants[n % scenario.variants.length]?.key ?? '';
}

/** The state before the first entry. */
export function initialState(scenario: Scenario, variant: string): Map<string, string> {
	const state = new Map(Object.entries(scenario.state));
	const chosen = scenario.variants.find((v) => v.key === variant);
	for (const [name, value] of Object.entries(chosen?.set ?? {})) state.set(name, value);
	return state;
}
