// When a shared computer counts as left alone. What decides lies in local storage, so that
// a reload or a second tab is no way around a locked screen.
export const IDLE_MS = 5 * 60 * 1000;
const ACTIVE = 'nhaso.active';
const LOCKED = 'nhaso.locked';
/** Not every movement of the mouse is written down. */
const NOTE_EVERY = 5_000;

interface Shelf {
	getItem(key: string): string | null;
	setItem(key: string, value: string): void;
	removeItem(key: string): void;
}

export class Idle {
	readonly #account: string;
	readonly #shelf: Shelf;
	readonly #now: () => number;
	#noted = 0;

	constructor(account: string, shelf: Shelf, now: () => number = Date.now) {
		this.#account = account;
		this.#shelf = shelf;
		this.#now = now;
	}
	/** Somebody moved, on an open screen. */
	touch(): void {
		const now = this.#now();
		if (now - this.#noted < NOTE_EVERY && now >= this.#noted) return;
		this.#noted = now;
		this.#shelf.setItem(ACTIVE, `${this.#account} ${now}`);
	}
	/** Whether the screen is to be locked now; once locked it stays so until opened. */
	locked(): boolean {
		if (this.#shelf.getItem(LOCKED) === this.#account) return true;
		const [who, at] = (this.#shelf.getItem(ACTIVE) ?? '').split(' ');
		if (who !== this.#account) {
			this.touch();
			return false;
		}
		if (this.#now() - Number(at) < IDLE_MS) return false;
		this.#shelf.setItem(LOCKED, this.#account);
		return true;
	}
	open(): void {
		this.#shelf.removeItem(LOCKED);
		this.#noted = 0;
		this.touch();
	}
}
