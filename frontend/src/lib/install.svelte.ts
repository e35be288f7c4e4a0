// "Cài ứng dụng": the browser's own offer, shown where and when it disturbs nobody.
const LATER = 'nhaso.install.later';

class Install {
	offer = $state.raw(window.installOffer ?? null);
	constructor() {
		addEventListener('beforeinstallprompt', (event) => (this.offer = event));
	}
	get shown(): boolean {
		return this.offer !== null && !putOff();
	}
	async accept(): Promise<void> {
		const { offer } = this;
		this.#gone();
		await offer?.prompt?.().catch(() => undefined);
	}
	later(): void {
		this.#gone();
		try {
			localStorage.setItem(LATER, '1');
		} catch {
			// Asked again next time.
		}
	}
	#gone(): void {
		this.offer = null;
		delete window.installOffer;
	}
}
function putOff(): boolean {
	try {
		return localStorage.getItem(LATER) !== null;
	} catch {
		return false;
	}
}
export const install = new Install();
