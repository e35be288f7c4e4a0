// Trends of several areas on the same days. Pure.
import type { Aim, Trend } from '../api/coverage.ts';
import { aimed } from './view.ts';

export interface Overlaid {
	days: string[];
	lines: {
		name: string;
		/** Percent of the area's register on each of the days; null where it had none. */
		shares: (number | null)[];
		/** At which share the line's number stands: lines that end together get theirs apart. */
		label: number;
	}[];
}

export function overlaid(trends: { name: string; trend: Trend }[], aim: Aim): Overlaid {
	const days = [...new Set(trends.flatMap(({ trend }) => trend.points.map(({ on }) => on)))].sort();
	const lines = trends.map(({ name, trend }) => {
		const at = new Map(trend.points.map((point) => [point.on, aimed(point, aim)]));
		const shares = days.map((day) => {
			const point = at.get(day);
			return point && point.households > 0 ? (point.covered / point.households) * 100 : null;
		});
		return { name, shares, label: shares.findLast((share) => share !== null) ?? 0 };
	});
	const top = Math.max(1, ...lines.flatMap(({ shares }) => shares.map((share) => share ?? 0)));
	let before = -Infinity;
	for (const line of [...lines].sort((a, b) => a.label - b.label)) {
		line.label = Math.max(line.label, before + top * 0.07);
		before = line.label;
	}
	return { days, lines };
}
