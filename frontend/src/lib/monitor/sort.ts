// The order of the monitor: worst first, and still while somebody points at it.
import type { LivePupil, Status } from '../api/monitor.ts';
import { byGivenName } from '../names.ts';

/** Worst first, as the server ranks them. */
export const STATUSES: Status[] = [
	'needs_help',
	'offline',
	'unconfirmed',
	'paused',
	'working',
	'in',
	'done',
	'not_in'
];
const rank = new Map(STATUSES.map((status, i) => [status, i]));
const WHY = ['alert', 'called', 'misses', ''];

/** Worst first; among those who need help the most pressing and the longest waiting. */
export function worstFirst(a: LivePupil, b: LivePupil): number {
	return (
		(rank.get(a.status) ?? 99) - (rank.get(b.status) ?? 99) ||
		WHY.indexOf(a.why) - WHY.indexOf(b.why) ||
		(a.status === 'needs_help' ? Date.parse(a.since ?? '') - Date.parse(b.since ?? '') : 0) ||
		byGivenName(a.name, b.name)
	);
}

/**
 * The pupils in the order to show. With a frozen order (of ids) everybody keeps the place,
 * whatever happens to the status; who is new comes last. moved says that the order would differ.
 */
export function ordered(
	pupils: LivePupil[],
	frozen: string[] | null
): { list: LivePupil[]; moved: boolean } {
	const sorted = [...pupils].sort(worstFirst);
	if (!frozen) return { list: sorted, moved: false };
	const place = new Map(frozen.map((id, i) => [id, i]));
	const at = (p: LivePupil) => place.get(p.person_id) ?? frozen.length;
	const list = [...sorted].sort((a, b) => at(a) - at(b));
	return { list, moved: list.some((p, i) => p !== sorted[i]) };
}

/** How many have each status; all statuses, in order. */
export function counts(pupils: LivePupil[]): [Status, number][] {
	return STATUSES.map((status) => [status, pupils.filter((p) => p.status === status).length]);
}

/** A change as the stream sends it, put into the board: only the pupils named change. */
export function merge(pupils: LivePupil[], changed: LivePupil[]): LivePupil[] {
	const by = new Map(changed.map((p) => [p.person_id, p]));
	return pupils.map((p) => by.get(p.person_id) ?? p);
}
