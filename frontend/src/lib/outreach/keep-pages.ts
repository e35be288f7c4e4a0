// Asks the service worker to lay a team member's pages on this phone: pupils' devices, which have
// the same worker, do not fetch what they never open.

/** True once everything that /visits needs lies on this phone. */
export async function keepPages(): Promise<boolean> {
	if (!('serviceWorker' in navigator)) return false;
	const { active } = await navigator.serviceWorker.ready;
	if (!active) return false;
	return new Promise((resolve) => {
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data === true);
		active.postMessage('keep-team', [port2]);
	});
}
