// The scenario engine of the browser: the same machine as curriculum/scenario (Go), which
// grades on the server. Shared vectors and a fuzz over every scenario hold the two equal;
// change one only together with the other.
import { condHolds, condMayHold, number, parseCond, type Cond, type State } from './cond.ts';
import { initialState } from './variant.ts';
import { MODES } from './types.ts';
import type {
	Action,
	Branch,
	Element,
	Entry,
	Lure,
	Mode,
	Result,
	Scenario,
	Screen,
	Step,
	Tip
} from './types.ts';

export const MAX_LOG = 400;
/** Longest typed text in characters. */
export const MAX_TYPED = 120;
/** Latest device time of an entry, in milliseconds since the run began. */
export const MAX_AT = 24 * 60 * 60 * 1000;
const LIMIT = 1_000_000_000;
const POINTS = { task: 2, habit: 1, lure: 2, legit: 1 };
export const HINT = 'hint';

export type Reason = 'too_long' | 'not_here' | 'bad_value' | 'bad_time' | 'after_end' | 'no_hints';

/** The log cannot have come from this scenario: which entry from 0, or its length for the whole. */
export class BadEntry extends Error {
	readonly index: number;
	readonly reason: Reason;
	constructor(index: number, reason: Reason) {
		super(`entry ${index} of the log: ${reason}`);
		this.index = index;
		this.reason = reason;
	}
}

export interface Run {
	variant: string;
	mode: Mode;
	state: State;
	screen: string;
	ended: boolean;
	hints: number;
	steps: Step[];
}
/** A run while it is being replayed. */
type Open = Omit<Run, 'state'> & { state: Map<string, string> };

export class Machine {
	readonly scenario: Scenario;
	readonly #screens: Map<string, Screen>;
	readonly #conds = new Map<string, Cond>();

	/** Throws when the scenario has no first screen or variant, or a condition cannot be read. */
	constructor(scenario: Scenario) {
		this.scenario = scenario;
		this.#screens = new Map(scenario.screens.map((screen) => [screen.key, screen]));
		if (!this.#screens.has(scenario.start) || scenario.variants.length === 0)
			throw new Error(`scenario "${scenario.key}" has no first screen or no variant`);
		for (const text of conditions(scenario)) this.#cond(text);
	}

	#cond(text: string): Cond {
		let cond = this.#conds.get(text);
		if (!cond) this.#conds.set(text, (cond = parseCond(text)));
		return cond;
	}
	holds(text: string | undefined, state: State): boolean {
		return condHolds(this.#cond(text ?? ''), state);
	}
	/** Whether a condition may hold in some run of a variant (see replay.ts). */
	mayHold(text: string | undefined, state: State, moves: (name: string) => boolean): boolean {
		return condMayHold(this.#cond(text ?? ''), state, moves);
	}
	screen(key: string): Screen {
		const found = this.#screens.get(key);
		if (!found) throw new Error(`scenario "${this.scenario.key}" has no screen "${key}"`);
		return found;
	}

	/** A run before its first entry. */
	begin(variant: string, mode: Mode): Open {
		const known = this.scenario.variants.some((v) => v.key === variant);
		if (!known || !MODES.includes(mode))
			throw new Error(`no variant "${variant}" or mode "${mode}"`);
		const state = initialState(this.scenario, variant);
		const start = this.scenario.start;
		const run = { variant, mode, state, screen: start, ended: false, hints: 0, steps: [] };
		add(state, `at.${start}`, 1);
		return run;
	}

	/**
	 * Runs a whole log; throws BadEntry for one that this scenario cannot have given. watch
	 * sees the run before each entry, and once more at the end.
	 */
	replay(
		variant: string,
		mode: Mode,
		log: readonly Entry[],
		watch?: (i: number, run: Run) => void
	): Run {
		const run = this.begin(variant, mode);
		if (log.length > MAX_LOG) throw new BadEntry(log.length, 'too_long');
		let last = 0;
		log.forEach((entry, i) => {
			if (entry.at < last || entry.at > MAX_AT) throw new BadEntry(i, 'bad_time');
			last = entry.at;
			watch?.(i, run);
			const reason = this.#do(run, entry);
			if (reason) throw new BadEntry(i, reason);
		});
		watch?.(log.length, run);
		return run;
	}

	#do(run: Open, entry: Entry): Reason | null {
		if (run.ended) return 'after_end';
		const step: Step = { screen: run.screen, do: entry.do, to: '' };
		if (entry.value) step.value = entry.value;
		const dot = entry.do.indexOf('.');
		const name = dot < 0 ? '' : entry.do.slice(0, dot);
		const rest = entry.do.slice(dot + 1);
		if (entry.do === HINT) {
			if (run.mode === 'alone') return 'no_hints';
			run.hints++;
		} else if (name === 'saw') {
			if (!this.#element(run, rest, (e) => !!e.inspect)) return 'not_here';
			add(run.state, entry.do, 1);
		} else if (name === 'set') {
			const field = this.#element(run, rest, (e) => e.kind === 'field');
			if (!field) return 'not_here';
			const value = enter(field, entry.value ?? '');
			if (value === null) return 'bad_value';
			run.state.set(field.into ?? '', value);
		} else {
			const action = this.available(run).find((a) => a.key === entry.do);
			if (!action) return 'not_here';
			this.#act(run, action, step);
		}
		if (entry.value && name !== 'set') return 'bad_value';
		step.to = run.screen;
		run.steps.push(step);
		return null;
	}

	#element(run: Run, key: string, fits: (e: Element) => boolean): Element | undefined {
		return this.elements(run.screen, run.state).find((e) => (e.key ?? '') === key && fits(e));
	}
	/** The elements of a screen that are to be seen. */
	elements(screen: string, state: State): Element[] {
		return (this.screen(screen).elements ?? []).filter((e) => this.holds(e.when, state));
	}
	/** Those of a list of actions that can be done now. */
	open(list: Action[] | undefined | null, state: State): Action[] {
		return (list ?? []).filter((a) => this.holds(a.when, state));
	}
	/** What can be done now, elements' own actions first, in the order of the file. */
	available(run: Run): Action[] {
		if (run.ended) return [];
		return [
			...this.elements(run.screen, run.state).flatMap((e) => this.open(e.actions, run.state)),
			...this.open(this.screen(run.screen).actions, run.state)
		];
	}

	#act(run: Open, action: Action, step: Step): void {
		if (!this.holds(action.need, run.state)) {
			step.blocked = true;
			if (action.need_say) step.say = action.need_say;
			return;
		}
		add(run.state, `did.${action.key}`, 1);
		apply(run, action, step);
		const branch = action.then?.find((b) => this.holds(b.when, run.state));
		if (branch) apply(run, branch, step);
	}

	/** What the coach says now: the first tip that fits. */
	tip(run: Run): Tip | null {
		return (
			this.scenario.coach?.find(
				(t) => (!t.screen || t.screen === run.screen) && this.holds(t.when, run.state)
			) ?? null
		);
	}

	/** See enter below. */
	enter(field: Element, value: string): string | null {
		return enter(field, value);
	}

	/** The score, as curriculum/scenario/grade.go gives it. */
	grade(run: Run): Result {
		const { rubric, lures } = this.scenario;
		const out: Result = {
			percent: 0,
			passed: false,
			ended: run.ended,
			critical: [],
			tasks_done: [],
			tasks_missing: [],
			habits: [],
			habits_missing: [],
			found: [],
			missed: [],
			legit_kept: [],
			legit_rejected: [],
			hard_found: 0,
			hints: run.hints
		};
		let got = 0;
		let all = 0;
		const count = (points: number, earned: boolean) => {
			all += points;
			if (earned) got += points;
			return earned;
		};
		for (const c of rubric.critical ?? [])
			if (this.holds(c.when, run.state)) out.critical.push(c.key);
		for (const c of rubric.tasks ?? [])
			(count(c.points || POINTS.task, this.holds(c.when, run.state))
				? out.tasks_done
				: out.tasks_missing
			).push(c.key);
		for (const c of rubric.habits ?? [])
			(count(c.points || POINTS.habit, this.holds(c.when, run.state))
				? out.habits
				: out.habits_missing
			).push(c.key);
		for (const lure of lures ?? []) {
			const right = this.#recognised(lure, run.state);
			count(lure.legit ? POINTS.legit : POINTS.lure, right);
			if (lure.legit) (right ? out.legit_kept : out.legit_rejected).push(lure.key);
			else (right ? out.found : out.missed).push(lure.key);
			if (right && !lure.legit && lure.difficulty === 'hard') out.hard_found++;
		}
		if (all > 0) out.percent = Math.trunc((100 * got) / all);
		out.passed =
			run.ended &&
			out.critical.length === 0 &&
			out.tasks_missing.length === 0 &&
			out.percent >= rubric.pass_percent;
		return out;
	}
	#recognised(lure: Lure, state: State): boolean {
		if (lure.legit) return !this.holds(lure.rejected, state);
		// An empty fell always holds as a condition, but says that this cannot be fallen for.
		const fell = !!lure.fell && this.holds(lure.fell, state);
		return !fell && this.holds(lure.spotted, state);
	}
}

function conditions(s: Scenario): string[] {
	const actions = (list: Action[] | undefined) =>
		(list ?? []).flatMap((a) => [a.when, a.need, ...(a.then ?? []).map((b) => b.when)]);
	return [
		...s.screens.flatMap((screen) => [
			...actions(screen.actions),
			...(screen.elements ?? []).flatMap((e) => [e.when, ...actions(e.actions)])
		]),
		...(s.lures ?? []).flatMap((l) => [l.spotted, l.fell, l.rejected]),
		...[s.rubric.critical, s.rubric.tasks, s.rubric.habits].flatMap((list) =>
			(list ?? []).map((c) => c.when)
		),
		...(s.coach ?? []).map((t) => t.when)
	].map((text) => text ?? '');
}

function add(state: Map<string, string>, name: string, n: number): void {
	const have = number(state.get(name) ?? '') ?? 0;
	state.set(name, String(Math.max(-LIMIT, Math.min(LIMIT, have + n))));
}

function apply(run: Open, b: Branch, step: Step): void {
	for (const [name, value] of Object.entries(b.set ?? {})) run.state.set(name, value);
	for (const [name, n] of Object.entries(b.add ?? {})) add(run.state, name, n);
	if (b.goto) {
		run.screen = b.goto;
		add(run.state, `at.${b.goto}`, 1);
	}
	if (b.say) step.say = b.say;
	run.ended ||= !!b.end;
}

/** What entering a text into a field stores; null for what the field cannot hold. */
export function enter(field: Element, value: string): string | null {
	if ([...value].length > MAX_TYPED) return null;
	switch (field.input) {
		case 'choice':
			return value === '' || field.options?.some((o) => o.key === value) ? value : null;
		case 'check':
			return value === '0' || value === '1' ? value : null;
		case 'number': {
			const digits = keepDigits(value);
			const n = number(digits);
			return n !== null && n <= LIMIT ? digits : null;
		}
	}
	const typed = fold(value);
	if (typed === '') return '';
	const fits = field.accept?.find((a) => a.texts.some((t) => fold(t) === typed));
	return fits ? fits.value : 'other';
}

/** The digits of an amount as people write it ("120.000 đ"), without leading zeros. */
export function keepDigits(s: string): string {
	const digits = s.replace(/[^0-9]/g, '');
	return digits === '' ? '' : digits.replace(/^0+/, '') || '0';
}

/** Small letters a–z and digits: marks, case, spaces and signs do not matter. */
export function fold(s: string): string {
	return s
		.normalize('NFD')
		.replace(/[đĐ]/g, 'd')
		.replace(/[^A-Za-z0-9]/g, '')
		.toLowerCase();
}

/** What a QR code of a scenario holds: our own scheme, which no bank reads as a payment. */
export const qrText = (scenario: Scenario, value: string): string =>
	`NHASO-MO-PHONG/1 ${scenario.key} ${value}`;

/** An example log as authors write it: set.<field>=value, else the entry itself. */
export const parseLog = (lines: string[]): Entry[] =>
	lines.map((line, i) => {
		const found = /^set\.([^=]*)=?([\s\S]*)$/.exec(line);
		if (!found) return { do: line, at: i * 1000 };
		return { do: `set.${found[1]!.trim()}`, value: found[2]!.trim(), at: i * 1000 };
	});
