// One run while it is played. The log is all there is: the run is replayed from it, so what
// is on screen is always what the server will see.
import { HINT, Machine, MAX_AT, MAX_LOG } from './engine.ts';
import { pickVariant } from './variant.ts';
import { fill } from './text.ts';
import type { Action, Element, Entry, Mode, Scenario } from './types.ts';

/** What is kept on the device of a run begun: enough to go on, or to see its end again. */
export interface KeptRun {
	id: string;
	course: string;
	scenario: string;
	hash: string;
	mode: Mode;
	rewound: boolean;
	log: Entry[];
	/** The device's clock when the run began, in milliseconds. */
	began: number;
	/** Lines of the task that the pupil ticked for themselves. */
	ticks: number[];
}

export class Play {
	readonly scenario: Scenario;
	readonly machine: Machine;
	readonly id: string;
	readonly variant: string;
	readonly mode: Mode;
	readonly rewound: boolean;
	readonly began: number;
	log = $state.raw<readonly Entry[]>([]);
	ticks = $state.raw<readonly number[]>([]);
	/** The consequence shown now, until it is put away or something else is done. */
	said = $state.raw<{ text: string; blocked: boolean } | null>(null);
	run = $derived.by(() => this.machine.replay(this.variant, this.mode, this.log));
	tip = $derived.by(() => this.machine.tip(this.run));
	/** The coach was asked and nothing was done since. */
	asked = $derived(this.log.at(-1)?.do === HINT);
	full = $derived(this.log.length >= MAX_LOG - 1);

	constructor(scenario: Scenario, kept: KeptRun, variant?: string) {
		this.scenario = scenario;
		this.machine = new Machine(scenario);
		this.id = kept.id;
		this.variant = variant ?? pickVariant(scenario, kept.id);
		// Going back to a decision is help: the server plays such a run as assisted too.
		this.mode = kept.rewound && kept.mode === 'alone' ? 'assisted' : kept.mode;
		this.rewound = kept.rewound;
		this.began = kept.began;
		this.log = kept.log;
		this.ticks = kept.ticks;
		// Throws for a log of another version; the caller then begins anew.
		void this.machine.replay(this.variant, this.mode, this.log);
	}

	kept(course: string): KeptRun {
		return {
			id: this.id,
			course,
			scenario: this.scenario.key,
			hash: this.scenario.hash ?? '',
			mode: this.mode,
			rewound: this.rewound,
			log: [...this.log],
			began: this.began,
			ticks: [...this.ticks]
		};
	}

	text(text: string | undefined): string {
		return fill(text, this.run.state);
	}

	#enter(what: string, value?: string): boolean {
		if (this.run.ended || this.log.length >= MAX_LOG) return false;
		const last = this.log.at(-1)?.at ?? 0;
		const at = Math.min(MAX_AT, Math.max(last, Math.round(Date.now() - this.began)));
		this.log = [...this.log, value ? { do: what, value, at } : { do: what, at }];
		return true;
	}
	act(action: Action): void {
		if (!this.#enter(action.key)) return;
		// Only an action puts the last words away: were they to go while a field is left, the
		// page would move under the very press that left it.
		const step = this.run.steps.at(-1);
		this.said = step?.say
			? { text: fill(step.say, this.run.state), blocked: !!step.blocked }
			: null;
	}
	look(e: Element): void {
		if (e.key && !this.seen(e)) this.#enter(`saw.${e.key}`);
	}
	seen(e: Element): boolean {
		return (this.run.state.get(`saw.${e.key}`) ?? '0') !== '0';
	}
	/** False when the field cannot hold the value. */
	set(field: Element, value: string): boolean {
		const stored = this.machine.enter(field, value);
		if (stored === null) return false;
		// Only what changes something: tabbing through a form is no decision.
		if (stored !== (this.run.state.get(field.into ?? '') ?? '')) {
			this.#enter(`set.${field.key}`, value);
			return true;
		}
		return true;
	}
	hint(): void {
		if (!this.asked) this.#enter(HINT);
	}
	tick(line: number): void {
		this.ticks = this.ticks.includes(line)
			? this.ticks.filter((n) => n !== line)
			: [...this.ticks, line];
	}
}
