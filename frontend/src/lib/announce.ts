/** Says one sentence to screen readers, once. */
export function announce(text: string): void {
	const region = document.getElementById('live');
	if (!region) return;
	region.textContent = '';
	setTimeout(() => {
		region.textContent = text;
	}, 60);
}
