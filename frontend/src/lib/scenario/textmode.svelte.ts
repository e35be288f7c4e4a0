// Text mode: the screens as headings, lists and buttons. Remembered on this device.
const KEY = 'nhaso.sim.text';

function stored(): boolean {
	try {
		return localStorage.getItem(KEY) === '1';
	} catch {
		return false;
	}
}

class TextMode {
	on = $state(stored());
	toggle(): void {
		this.on = !this.on;
		try {
			if (this.on) localStorage.setItem(KEY, '1');
			else localStorage.removeItem(KEY);
		} catch {
			// Without storage the choice lasts until the page is left.
		}
	}
}
export const textMode = new TextMode();
