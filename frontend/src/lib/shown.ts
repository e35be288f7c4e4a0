// What may wait waits until the first page is on screen: on a slow line everything that is
// fetched before it makes the reader wait longer for the first words.
/** The longest wait, in milliseconds. */
const HIDDEN = 4000;

let tell: () => void = () => undefined;
const painted = new Promise<void>((resolve) => (tell = resolve));

/** The browser at rest, or two seconds later. */
function rest(): Promise<void> {
	return new Promise((resolve) => {
		if ('requestIdleCallback' in globalThis)
			requestIdleCallback(() => resolve(), { timeout: 2000 });
		else setTimeout(resolve, 200);
	});
}

/** Called by the root layout when a page has been put on screen. */
export function pageShown(): void {
	// Two frames: the first one paints it. A page opened in the background paints nothing.
	requestAnimationFrame(() => requestAnimationFrame(() => void rest().then(tell)));
	setTimeout(tell, HIDDEN);
}

/** Resolves once the first page is on screen and the browser has time. */
export const shown = (): Promise<void> => painted;
