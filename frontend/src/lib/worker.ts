// Keeps the app on this device: registers the service worker, and again when laying the app
// into its cache has failed. Without that a bad line in the first minutes would leave a
// phone without the app until it is opened anew.
const AGAIN = 20_000;

export async function keepApp(): Promise<void> {
	if (!('serviceWorker' in navigator)) return;
	try {
		const registration = await navigator.serviceWorker.register('/service-worker.js');
		const worker = registration.installing;
		worker?.addEventListener('statechange', () => {
			if (worker.state === 'redundant' && !registration.active) again();
		});
	} catch {
		// Plain http or private mode never; a lost script file only until the line is back.
		if (isSecureContext) again();
	}
}
function again(): void {
	setTimeout(() => {
		if (navigator.onLine) void keepApp();
		else addEventListener('online', () => void keepApp(), { once: true });
	}, AGAIN);
}
