/** Round numbers along an axis from 0 to most: about four of them. */
export function ticks(most: number): number[] {
	const rough = most / 4;
	const unit = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
	const step = Math.max(1, [1, 2, 5, 10].map((n) => n * unit).find((n) => n >= rough) ?? unit);
	return Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => n * step);
}
