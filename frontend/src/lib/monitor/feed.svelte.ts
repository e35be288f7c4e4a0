// The board of a lesson as it comes: server-sent events, and asking every few seconds where
// no stream gets through. Values are replaced pupil by pupil, so that nothing flickers.
import { BASE } from '../api/client.ts';
import { live, type LiveBoard, type LivePupil } from '../api/monitor.ts';
import { merge } from './sort.ts';

const POLL = 5_000;
/** A stream that brings nothing for so long is not trusted any more; it beats every 15 s. */
const SILENT = 35_000;
/** The first board must come this soon after opening, or a proxy keeps it back. */
const FIRST = 6_000;
const AGAIN = 60_000;

export class Feed {
	board = $state.raw<LiveBoard | null>(null);
	/** When it was last known to be right, this device's clock. */
	at = $state(0);
	/** How it comes: shown in words, and asked for by tests. */
	way = $state<'stream' | 'poll'>('poll');
	lost = $state(false);

	readonly #id: string;
	#source: EventSource | null = null;
	#poll: ReturnType<typeof setInterval> | undefined;
	#watch: ReturnType<typeof setTimeout> | undefined;
	#again: ReturnType<typeof setTimeout> | undefined;
	#stopped = false;

	constructor(id: string) {
		this.#id = id;
	}
	async start(): Promise<void> {
		// First the ordinary way: it renews the sign-in where that is due.
		await this.refresh();
		this.#open();
	}
	stop(): void {
		this.#stopped = true;
		this.#close();
		clearInterval(this.#poll);
		clearTimeout(this.#again);
	}
	async refresh(): Promise<void> {
		try {
			this.#take(await live(this.#id));
			this.lost = false;
		} catch {
			this.lost = true;
		}
	}

	#take(board: LiveBoard): void {
		this.board = board;
		this.at = Date.now();
	}
	#open(): void {
		if (this.#stopped || this.#source) return;
		if (typeof EventSource === 'undefined' || this.board?.session.state === 'closed')
			return this.#ask();
		const source = new EventSource(`${BASE}/lesson-sessions/${this.#id}/events`);
		this.#source = source;
		this.#expect(FIRST);
		const on = (name: string, work: (data: string) => void) =>
			source.addEventListener(name, (event) => {
				this.#expect(SILENT);
				this.at = Date.now();
				this.lost = false;
				work((event as MessageEvent<string>).data);
			});
		on('beat', () => undefined);
		on('board', (data) => {
			this.#take(JSON.parse(data) as LiveBoard);
			this.way = 'stream';
			clearInterval(this.#poll);
			this.#poll = undefined;
		});
		on('pupils', (data) => {
			const change = JSON.parse(data) as LiveBoard & { pupils: LivePupil[] };
			if (!this.board) return;
			this.#take({ ...change, pupils: merge(this.board.pupils, change.pupils) });
		});
		on('bye', (why) => {
			this.#close();
			if (why === 'closed') return this.#ask();
			// The ordinary way tells whether the sign-in still holds; then the stream anew.
			setTimeout(() => void this.refresh().then(() => this.#open()), 1_000);
		});
		source.addEventListener('error', () => {
			// The browser tries again by itself unless it was refused.
			if (source.readyState === EventSource.CLOSED) this.#give();
			else this.#ask();
		});
	}
	/** No stream for now: ask, and try the stream again later. */
	#give(): void {
		this.#close();
		this.#ask();
		clearTimeout(this.#again);
		this.#again = setTimeout(() => this.#open(), AGAIN);
	}
	#expect(within: number): void {
		clearTimeout(this.#watch);
		this.#watch = setTimeout(() => this.#give(), within);
	}
	#ask(): void {
		this.way = 'poll';
		if (this.#poll || this.#stopped) return;
		void this.refresh();
		this.#poll = setInterval(() => {
			if (document.visibilityState === 'visible') void this.refresh();
		}, POLL);
	}
	#close(): void {
		clearTimeout(this.#watch);
		this.#source?.close();
		this.#source = null;
	}
}
