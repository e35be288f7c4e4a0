// Words of a scenario: slots filled, names of screens, actions and elements looked up.
import type { State } from './cond.ts';
import { HINT, type Machine } from './engine.ts';
import type { Action, Element, Entry, Mode, Scenario, Step } from './types.ts';

/** "500000" as "500.000 đ", not to be broken; anything but a whole number stays as it is. */
export function money(value: string): string {
	if (!/^-?[0-9]+$/.test(value)) return value;
	return `${value.replace(/\B(?=(\d{3})+$)/g, '.')}\u00a0đ`;
}

/**
 * Puts the values of variables into {name} and, as money, into {name:đ}. A value may be a
 * text that names variables itself; the checker allows one such step, no more.
 */
export function fill(text: string | undefined, state: State): string {
	return once(once(text ?? '', state), state);
}
function once(text: string, state: State): string {
	return text.replace(/\{([^{}]*)\}/g, (_, slot: string) => {
		const name = slot.replace(/:đ$/, '');
		const value = state.get(name) ?? '';
		return name === slot ? value : money(value);
	});
}

/** First letter of a name, for the round mark beside it. */
export const initial = (name: string): string =>
	([...name.trim()][0] ?? '?').toLocaleUpperCase('vi');

/** Every action of a scenario by its key. */
export function actionsOf(scenario: Scenario): Map<string, Action> {
	const all = new Map<string, Action>();
	for (const screen of scenario.screens) {
		for (const e of screen.elements ?? []) for (const a of e.actions ?? []) all.set(a.key, a);
		for (const a of screen.actions ?? []) all.set(a.key, a);
	}
	return all;
}

/** What an element is called where only a name fits: in the timeline, in "Xem kỹ: …". */
export function nameOf(e: Element, state: State): string {
	const name = e.label || e.title || e.from || e.text || e.alt || '';
	const text = fill(name, state);
	return text.length > 60 ? `${text.slice(0, 58).trimEnd()}…` : text;
}

/** What is in a field: what was last typed, as long as the state still agrees with it. */
export function shownValue(
	machine: Machine,
	field: Element,
	state: State,
	steps: readonly Step[]
): string {
	const now = state.get(field.into ?? '') ?? '';
	const typed = steps.findLast((s) => s.do === `set.${field.key}`);
	if (typed && machine.enter(field, typed.value ?? '') === now) return typed.value ?? '';
	if (field.input === 'number') return now === '0' ? '' : now;
	if (field.input === 'choice' || field.input === 'check') return now;
	return field.accept?.find((a) => a.value === now)?.texts[0] ?? '';
}

export interface Moment {
	/** How many entries of the log came before: rewinding keeps those. */
	at: number;
	screen: string;
	kind: 'did' | 'saw' | 'set';
	name: string;
	value: string;
	say: string;
	blocked: boolean;
}

/** The run as a list of decisions; asking the coach is none. Texts show the state of then. */
export function timeline(
	machine: Machine,
	variant: string,
	mode: Mode,
	log: readonly Entry[]
): Moment[] {
	const actions = actionsOf(machine.scenario);
	const out: Moment[] = [];
	machine.replay(variant, mode, log, (i, run) => {
		const before = out.at(-1);
		const step = run.steps.at(-1);
		if (before && step && before.at === i - 1) {
			before.say = fill(step.say, run.state);
			before.blocked = !!step.blocked;
		}
		const entry = log[i];
		if (!entry || entry.do === HINT) return;
		const kind = /^(saw|set)\./.exec(entry.do)?.[1] as 'saw' | 'set' | undefined;
		const element = machine
			.elements(run.screen, run.state)
			.find((e) => kind && e.key === entry.do.slice(4));
		const label = fill(actions.get(entry.do)?.label, run.state);
		out.push({
			at: i,
			screen: fill(machine.screen(run.screen).title, run.state),
			kind: kind ?? 'did',
			name: element ? nameOf(element, run.state) : label,
			value: kind === 'set' && element ? shownText(element, entry.value ?? '') : '',
			say: '',
			blocked: false
		});
	});
	return out;
}

function shownText(field: Element, value: string): string {
	if (field.input === 'choice') return field.options?.find((o) => o.key === value)?.text ?? value;
	if (field.input === 'check') return value === '1' ? '✓' : '–';
	return value;
}
