// Visits of a household by day: two members who came on one day stand side by side.
import type { Outcome } from '../api/visits.ts';

/** One visit as a history shows it. */
export interface Line {
	id: string;
	/** Civil day in Quảng Ninh. */
	day: string;
	at: string;
	outcome: Outcome;
	again: boolean;
	who: string;
	/** What is to be said besides: another campaign, not counted. */
	note: string;
}
export interface Day {
	day: string;
	lines: Line[];
	/** Those who came on this day found different things. */
	differ: boolean;
}

/** The newest day first; within a day in the order of time, the same every time. */
export function byDay(lines: readonly Line[]): Day[] {
	const days = new Map<string, Line[]>();
	for (const line of lines) days.set(line.day, [...(days.get(line.day) ?? []), line]);
	return [...days]
		.sort(([a], [b]) => (a < b ? 1 : -1))
		.map(([day, list]) => ({
			day,
			lines: [...list].sort(
				(a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.id < b.id ? -1 : 1)
			),
			differ: new Set(list.map(({ outcome }) => outcome)).size > 1
		}));
}
