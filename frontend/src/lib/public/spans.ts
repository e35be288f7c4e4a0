// How a published span is said: never more exactly than it is.
import { m } from '#paraglide/messages.js';
import type { Published, Span } from '../api/published.ts';
import { number } from '../format.ts';

/** "55–59", "ít hơn 5", "nhiều nhất 9", "từ 95 trở lên" of 100 households. */
export function spanText(span: Span, households: number): string {
	if (span.low === 0 && span.high >= households) return m.public_not_told();
	if (span.low === 0 && span.high === 4) return m.public_few();
	if (span.low === 0) return m.public_at_most({ n: number(span.high) });
	if (span.high >= households) return m.public_at_least({ n: number(span.low) });
	if (span.low === span.high) return number(span.low);
	return m.public_range({ low: number(span.low), high: number(span.high) });
}

/** Whole percents that surely hold the share: "19–21 %". */
export function spanShare(span: Span, households: number): string {
	const low = Math.floor((span.low / households) * 100);
	const high = Math.ceil((span.high / households) * 100);
	return low === high
		? `${number(low)}\u00a0%`
		: `${m.public_range({ low: number(low), high: number(high) })}\u00a0%`;
}

/** Parts of a bar in percent: what is sure of each state, and what is not. */
export function barOf(of: Published): {
	covered: number;
	not: number;
	unknown: number;
	open: number;
} {
	const part = (n: number) => (of.households > 0 ? (n / of.households) * 100 : 0);
	const [covered, not, unknown] = [
		part(of.covered.low),
		part(of.not_covered.low),
		part(of.unknown.low)
	];
	return { covered, not, unknown, open: Math.max(0, 100 - covered - not - unknown) };
}
