// The app's own font. A first visit over a slow line spends nothing on it before its first
// words, and no text changes its width under the reader: the font is used once its files lie
// on the device, from the next page on. The service worker brings them with the rest of the
// app; where there is none (plain http), they are fetched by themselves.
const KEY = 'nhaso.font';
/** One letter of each file: Latin, and Vietnamese. */
const LETTERS = 'aệ';

let here = false;
/** Waits for the files, or fetches them; app.html asks the same when the app is opened again. */
export async function readyFont(): Promise<void> {
	const worker = 'serviceWorker' in navigator;
	if (worker) await navigator.serviceWorker.ready;
	await Promise.all(
		['400', '700'].map((weight) => document.fonts.load(`${weight} 1em 'Be Vietnam Pro'`, LETTERS))
	);
	here = true;
	try {
		if (!worker) localStorage.setItem(KEY, '1');
	} catch {
		// Without storage each visit begins with the system's font.
	}
}
/** Called between two pages. */
export function takeFont(): void {
	if (here) document.documentElement.classList.add('font');
}
