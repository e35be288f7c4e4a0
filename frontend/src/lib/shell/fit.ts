/**
 * How many of a row's items fit: all of them, or as many as leave room for the button that holds
 * the rest. Widths and room are in pixels, gaps between two items included.
 */
export function fitting(widths: number[], room: number, gap: number, button: number): number {
	let used = -gap;
	let beside = 0;
	for (const [i, width] of widths.entries()) {
		used += gap + width;
		if (used + gap + button <= room) beside = i + 1;
	}
	return used <= room ? widths.length : beside;
}
