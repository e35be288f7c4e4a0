// A swipe to the side on a touch screen. It only repeats what buttons and arrow keys do.
export interface Point {
	x: number;
	y: number;
}
const FAR = 60;
/** Left of this the browser's own "back" begins. */
const EDGE = 24;

/** 1: on, -1: back, 0: no swipe (too short, scrolling, from the edge of the screen). */
export function swipe(from: Point, to: Point, width: number): -1 | 0 | 1 {
	const dx = to.x - from.x;
	const dy = to.y - from.y;
	if (from.x < EDGE || from.x > width - EDGE) return 0;
	if (Math.abs(dx) <= FAR || Math.abs(dx) <= 2 * Math.abs(dy)) return 0;
	return dx < 0 ? 1 : -1;
}
