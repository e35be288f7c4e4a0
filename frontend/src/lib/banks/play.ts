// Questions of a bank that pupils are given as practice (models/drafts/playable.go).
import { m } from '#paraglide/messages.js';
import type { Draft } from './types.ts';

/** As many questions as one assignment has. */
export const MOST = 60;

const WHY: Record<string, () => string> = {
	not_practice: m.set_un_practice,
	no_answer: m.set_un_answer,
	picture_missing: m.set_un_picture
};
export const unplayed = (reason: string): string => (WHY[reason] ?? m.set_un_answer)();

/** What was picked, and as many of the list as there is room for, in its order. */
export function pickAll(list: Draft[], picked: string[]): string[] {
	const wanted = new Set(picked);
	for (const { id, unplayed: why } of list) if (!why && wanted.size < MOST) wanted.add(id);
	return [...wanted];
}
