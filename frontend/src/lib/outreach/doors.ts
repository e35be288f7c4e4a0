// The order of a round, decided on the phone: it walks all day without a network.
import type { Door, NewVisit, Round, Seen } from '../api/visits.ts';
import { today } from '../format.ts';

/** top: nobody was home on an earlier day, or they asked for another visit. mopup: not home today. */
export type Stand = 'top' | 'todo' | 'mopup' | 'done';

const dayOf = (iso: string): string => today(new Date(iso));

export function stand(door: Door, day: string): Stand {
	const last = door.seen.at(-1);
	if (!last) return 'todo';
	if (last.outcome !== 'not_home' && !last.again) return 'done';
	if (dayOf(last.at) < day) return 'top';
	return last.outcome === 'not_home' ? 'mopup' : 'done';
}

/** The server's doors with what this phone has recorded and not yet sent. */
export function withQueue(doors: readonly Door[], queue: readonly NewVisit[]): Door[] {
	const of = new Map<string, Seen[]>();
	for (const { id, household_id, outcome, again, at } of queue)
		of.set(household_id, [...(of.get(household_id) ?? []), { id, outcome, again, at, own: true }]);
	return doors.map((door) => {
		const more = (of.get(door.id) ?? []).filter(({ id }) => !door.seen.some((s) => s.id === id));
		if (more.length === 0) return door;
		const seen = [...door.seen, ...more].sort(
			(a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.id < b.id ? -1 : 1)
		);
		return { ...door, seen };
	});
}

/** Doors by where they stand; within that, the walker's own order and then the register's. */
export function inOrder(doors: readonly Door[], day: string, own: readonly string[]): Door[] {
	const rank: Record<Stand, number> = { top: 0, todo: 1, mopup: 2, done: 3 };
	const place = new Map(own.map((id, n) => [id, n]));
	return doors
		.map((door, n) => ({ door, n, rank: rank[stand(door, day)] }))
		.sort(
			(a, b) =>
				a.rank - b.rank ||
				(place.get(a.door.id) ?? own.length + a.n) - (place.get(b.door.id) ?? own.length + b.n)
		)
		.map(({ door }) => door);
}

/** The walker's order after one door is moved up or down among those shown. */
export function moved(shown: readonly Door[], id: string, by: -1 | 1): string[] {
	const ids = shown.map((door) => door.id);
	const from = ids.indexOf(id);
	const to = from + by;
	if (from < 0 || to < 0 || to >= ids.length) return ids;
	ids.splice(to, 0, ...ids.splice(from, 1));
	return ids;
}

export const plain = (text: string): string =>
	text
		.normalize('NFD')
		.replace(/[\u0300-\u036f]/g, '')
		.replace(/[đĐ]/g, 'd')
		.toLowerCase();

/** By part of the head's name, with or without marks, of the number, or of the slip's code. */
export function search(doors: readonly Door[], query: string): Door[] {
	const wanted = plain(query.trim());
	if (!wanted) return [...doors];
	const code = wanted.replace(/[\s-]/g, '');
	return doors.filter(
		(door) =>
			plain(door.head).includes(wanted) ||
			plain(door.code).includes(code) ||
			plain(door.slip ?? '').includes(code)
	);
}

/** A slip's code as it is compared: as it was typed or scanned, without what helps reading. */
export const slipCode = (text: string): string => text.replace(/[\s-]/g, '').toUpperCase();

/**
 * The code that the address of a scanned slip brings, or nothing. Scanners inside other apps
 * hang words of their own behind the code, or move it in front of the '#'.
 */
export function scannedCode(address: {
	readonly hash: string;
	readonly searchParams: Pick<URLSearchParams, 'get'>;
}): string {
	const { hash, searchParams } = address;
	const behind = searchParams.get('slip') ?? decodeSafely(hash.slice(1));
	return /^[\s-]*([0-9a-z][0-9a-z\s-]{0,15})/i.exec(behind)?.[1]?.trim() ?? '';
}
function decodeSafely(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** The door that a slip's code opens on this phone, and its round. */
export function behind(
	rounds: readonly Round[],
	typed: string
): { round: Round; door: Door } | undefined {
	const code = slipCode(typed);
	if (!code) return undefined;
	for (const round of rounds) {
		const door = round.doors.find(({ slip }) => slip === code);
		if (door) return { round, door };
	}
	return undefined;
}
