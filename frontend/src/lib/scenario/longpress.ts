/** Calls back after a finger or the mouse has rested on the element for half a second. */
export function longpress(callback: (() => void) | null) {
	return (node: HTMLElement) => {
		if (!callback) return;
		let timer = 0;
		let from = { x: 0, y: 0 };
		const stop = () => clearTimeout(timer);
		const start = (event: PointerEvent) => {
			// A press on a control of the element is meant for that control.
			if ((event.target as HTMLElement).closest('button, input, select, label')) return;
			from = { x: event.clientX, y: event.clientY };
			stop();
			timer = window.setTimeout(callback, 500);
		};
		const move = (event: PointerEvent) => {
			if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > 10) stop();
		};
		const menu = (event: Event) => event.preventDefault();
		node.addEventListener('pointerdown', start);
		node.addEventListener('pointermove', move);
		for (const name of ['pointerup', 'pointercancel', 'pointerleave'] as const)
			node.addEventListener(name, stop);
		node.addEventListener('contextmenu', menu);
		return () => {
			stop();
			node.removeEventListener('pointerdown', start);
			node.removeEventListener('pointermove', move);
			for (const name of ['pointerup', 'pointercancel', 'pointerleave'] as const)
				node.removeEventListener(name, stop);
			node.removeEventListener('contextmenu', menu);
		};
	};
}
