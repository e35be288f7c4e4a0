// The five classes of the public map: by what is sure, the lower end of a published span.
import { m } from '#paraglide/messages.js';
import type { HeldSkill, Published, Span } from '../api/published.ts';
import { SKILLS, type Skill } from '../api/types.ts';
import { number } from '../format.ts';

export type Shown = 'all' | Skill;
/** The lower ends of the classes in percent of the register, A first. */
const ENDS = [80, 60, 40, 20, 0];

export const readShown = (text: string | null): Shown =>
	SKILLS.find((skill) => skill === text) ?? 'all';
/** What is published of an area for a skill; nothing where that skill is not told. */
export function spanOf(of: Published & { skills: HeldSkill[] }, shown: Shown): Span | undefined {
	if (of.hidden || of.households === 0) return undefined;
	return shown === 'all' ? of.covered : of.skills.find(({ skill }) => skill === shown)?.held;
}
export function classOf(span: Span | undefined, households: number): string | undefined {
	if (!span || households === 0) return undefined;
	const sure = (span.low / households) * 100;
	return 'ABCDE'[ENDS.findIndex((end) => sure >= end)];
}
export function classRange(at: number): string {
	const part = (n: number) => `${number(n)} %`;
	const low = part(ENDS[at] ?? 0);
	if (at === 0) return m.cover_class_from({ low });
	const high = part(ENDS[at - 1] ?? 0);
	return at === 4 ? m.cover_class_below({ high }) : m.cover_class_between({ low, high });
}
