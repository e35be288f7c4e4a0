// What is read out while a relative plays: the consequence just shown, then the screen from
// top to bottom, what can be pressed, and last what the coach says.
import { speakable } from './speakable.ts';
import { fill } from '../scenario/text.ts';
import type { Machine, Run } from '../scenario/engine.ts';
import type { Tip } from '../scenario/types.ts';

export interface Spoken {
	machine: Machine;
	run: Run;
	said: { text: string } | null;
	tip: Tip | null;
}
export function screenAloud(play: Spoken): string {
	const { machine, run } = play;
	const t = (text: string | undefined) => fill(text, run.state);
	const screen = machine.screen(run.screen);
	const seen = (key: string | undefined) => (run.state.get(`saw.${key}`) ?? '0') !== '0';
	return speakable([
		play.said?.text,
		t(screen.title),
		t(screen.address),
		...machine
			.elements(run.screen, run.state)
			.flatMap((e) => [
				t(e.from),
				t(e.title),
				t(e.text),
				t(e.label),
				e.kind === 'qr' ? '' : t(e.value),
				t(e.alt),
				t(e.address),
				seen(e.key) ? t(e.inspect) : '',
				...(e.options ?? []).map((o) => t(o.text))
			]),
		...(run.ended ? [] : machine.available(run).map((a) => t(a.label))),
		run.ended ? '' : t(play.tip?.say)
	]);
}
