// The annotated replay: the same for everybody who played that variant, so nothing here may
// look at what this pupil did. Every screen with signs, in the order of the file.
import type { State } from './cond.ts';
import type { Machine } from './engine.ts';
import type { Branch, Element, Lure, Screen } from './types.ts';

export interface Sign {
	n: number;
	element: Element;
	lure: Lure | undefined;
	text: string;
}
export interface Still {
	screen: Screen;
	elements: Element[];
	signs: Sign[];
	state: State;
}

/** The names of what a run can change: everything else is as the variant has it. */
function movable(machine: Machine): (name: string) => boolean {
	const names = new Set<string>();
	const note = (b: Branch) => {
		for (const name of Object.keys({ ...b.set, ...b.add })) names.add(name);
	};
	for (const screen of machine.scenario.screens) {
		const elements = screen.elements ?? [];
		for (const e of elements) if (e.kind === 'field' && e.into) names.add(e.into);
		for (const a of [...(screen.actions ?? []), ...elements.flatMap((e) => e.actions ?? [])])
			[a, ...(a.then ?? [])].forEach(note);
	}
	return (name) => names.has(name) || /^(did|saw|at)\./.test(name);
}

export function stills(machine: Machine, variant: string): Still[] {
	const { state } = machine.begin(variant, 'alone');
	const moves = movable(machine);
	const lures = new Map(machine.scenario.lures.map((lure) => [lure.key, lure]));
	const out: Still[] = [];
	let n = 0;
	for (const screen of machine.scenario.screens) {
		const signed = (e: Element) => !!e.sign && machine.mayHold(e.when, state, moves);
		// What only a turn of the run shows is left out, unless there is a sign on it.
		const elements = (screen.elements ?? []).filter(
			(e) => signed(e) || machine.holds(e.when, state)
		);
		const signs = elements.filter(signed).map((element) => ({
			n: ++n,
			element,
			lure: lures.get(element.sign?.lure ?? ''),
			text: element.sign?.text ?? ''
		}));
		if (signs.length > 0) out.push({ screen, elements, signs, state });
	}
	return out;
}
