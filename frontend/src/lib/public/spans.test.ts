import { describe, expect, it } from 'vitest';
import { barOf, spanShare, spanText } from './spans.ts';

const span = (low: number, high: number) => ({ low, high });

describe('a published span in words', () => {
	it.each([
		[0, 4, 300, 'ít hơn 5'],
		[0, 10, 300, 'nhiều nhất 10'],
		[55, 59, 300, '55–59'],
		[1055, 1059, 3000, '1.055–1.059'],
		[270, 275, 275, 'từ 270 trở lên'],
		[0, 7, 7, 'không công bố'],
		[0, 4, 4, 'không công bố'],
		[12, 12, 300, '12']
	])('%i to %i of %i households', (low, high, households, words) => {
		expect(spanText(span(low, high), households)).toBe(words);
	});
	it('rounds shares outwards, so that they hold the truth', () => {
		expect(spanShare(span(55, 59), 275)).toBe('20–22\u00a0%');
		expect(spanShare(span(0, 4), 300)).toBe('0–2\u00a0%');
		expect(spanShare(span(300, 300), 300)).toBe('100\u00a0%');
	});
	it('draws what is sure and leaves the rest open', () => {
		const bar = barOf({
			households: 200,
			covered: span(50, 54),
			not_covered: span(20, 24),
			unknown: span(122, 130),
			hidden: false
		});
		expect(bar).toEqual({ covered: 25, not: 10, unknown: 61, open: 4 });
		const empty = span(0, 0);
		expect(
			barOf({ households: 0, covered: empty, not_covered: empty, unknown: empty, hidden: true })
				.open
		).toBe(100);
	});
});
