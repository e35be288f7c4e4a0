// The answer queue of one attempt: an answer is first kept on the device, then sent with a
// sequence number until the server acknowledges it. Nothing here touches the page or the
// network directly, so every failure can be played through in tests.
import { asProblem } from '../api/problem.ts';
import type { Response } from '../api/types.ts';

export interface Entry {
	id: string;
	attempt: string;
	seq: number;
	slot: number;
	response: Response;
	/** When it was given, by this device's clock: a claim, not the server's time. */
	at: string;
}
/**
 * unsaved: only on the screen. local: kept on this device. saved: acknowledged.
 * refused: the server will not take it (closed, or not a valid answer).
 */
export type SaveState = 'empty' | 'unsaved' | 'local' | 'saved' | 'refused';

export interface Deps {
	store: {
		all(attempt: string): Promise<Entry[]>;
		put(entry: Entry): Promise<void>;
		remove(ids: string[]): Promise<void>;
	};
	send(entry: Entry): Promise<unknown>;
	sendMany(entries: Entry[]): Promise<{
		acked: number[];
		last_seq: number;
		rejected: { seq: number; code: string }[];
	}>;
	newId(): string;
	now(): Date;
	/** Calls back after ms; returns how to cancel. */
	later(ms: number, work: () => void): () => void;
	changed(): void;
}

const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 30_000;
const MAX_REBASES = 4;
const STOPPING = new Set(['closed', 'not_found', 'forbidden']);
const WAITING = new Set([
	'offline',
	'unavailable',
	'internal',
	'too_many_requests',
	'unauthenticated',
	'locked',
	'paused'
]);

export class AnswerQueue {
	/** Set when the attempt takes no more answers; holds the server's code. */
	stopped: string | null = null;
	/** The last try to reach the server failed. */
	waiting = false;

	readonly #attempt: string;
	readonly #deps: Deps;
	readonly #states = new Map<number, SaveState>();
	#pending: Entry[] = [];
	#tried = new Set<string>();
	#seq: number;
	#pumping: Promise<void> | null = null;
	#cancel: (() => void) | null = null;
	#wait = FIRST_WAIT;
	#rebases = 0;

	constructor(attempt: string, lastSeq: number, savedSlots: number[], deps: Deps) {
		this.#attempt = attempt;
		this.#seq = lastSeq;
		this.#deps = deps;
		for (const slot of savedSlots) this.#states.set(slot, 'saved');
	}

	state(slot: number): SaveState {
		return this.#states.get(slot) ?? 'empty';
	}
	/** Answers still waiting for the server. */
	get pending(): number {
		return this.#pending.length;
	}
	/** The worst state of all slots: what the page's one save word says. */
	get worst(): SaveState {
		const order: SaveState[] = ['refused', 'unsaved', 'local', 'saved'];
		const present = new Set(this.#states.values());
		return order.find((state) => present.has(state)) ?? 'empty';
	}

	/** Takes up what an earlier visit left unsent; gives the answers to show, by slot. */
	async restore(): Promise<Map<number, Response>> {
		const left = await this.#deps.store.all(this.#attempt).catch(() => []);
		left.sort((a, b) => a.seq - b.seq);
		const shown = new Map<number, Response>();
		for (const entry of left) {
			this.#pending.push(entry);
			// It may have reached the server before the page went away.
			this.#tried.add(entry.id);
			this.#seq = Math.max(this.#seq, entry.seq);
			this.#states.set(entry.slot, 'local');
			shown.set(entry.slot, entry.response);
		}
		if (left.length > 0) void this.flush();
		this.#deps.changed();
		return shown;
	}

	/** A changed answer: kept on the device, then sent. Resolves once it is kept. */
	async answer(slot: number, response: Response): Promise<void> {
		if (this.stopped) return;
		// An entry that may already be at the server must stay as it is: the same number
		// with another body would be refused.
		let entry = this.#pending.find((e) => e.slot === slot && !this.#tried.has(e.id));
		if (entry) {
			entry.response = response;
			entry.at = this.#deps.now().toISOString();
		} else {
			entry = {
				id: this.#deps.newId(),
				attempt: this.#attempt,
				seq: ++this.#seq,
				slot,
				response,
				at: this.#deps.now().toISOString()
			};
			this.#pending.push(entry);
		}
		this.#states.set(slot, 'unsaved');
		this.#deps.changed();
		const sent = entry;
		try {
			await this.#deps.store.put(sent);
			if (this.state(slot) === 'unsaved') this.#set(slot, 'local');
		} catch {
			// Storage full or forbidden: "unsaved" stays until the server has it.
		}
		// Acknowledged while the device was still writing: nothing to keep any more.
		if (!this.#pending.includes(sent)) await this.#drop([sent]);
		void this.flush();
	}

	/** Sends now what waits. Resolves when all is acknowledged or a try has failed. */
	flush(): Promise<void> {
		this.#cancel?.();
		this.#cancel = null;
		this.#pumping ??= this.#pump().finally(() => {
			this.#pumping = null;
		});
		return this.#pumping;
	}

	/** No more tries after this; the device keeps what is unsent. */
	close(): void {
		this.#cancel?.();
		this.#cancel = null;
	}

	async #pump(): Promise<void> {
		while (this.#pending.length > 0 && !this.stopped) {
			const batch = this.#pending.length > 1 ? this.#pending.slice(0, 100) : [this.#pending[0]!];
			for (const entry of batch) this.#tried.add(entry.id);
			try {
				if (batch.length > 1) await this.#sendBatch(batch);
				else {
					await this.#deps.send(batch[0]!);
					await this.#acknowledge(batch);
				}
			} catch (error) {
				if (!(await this.#recover(error, batch))) return;
			}
		}
	}

	async #sendBatch(batch: Entry[]): Promise<void> {
		const reply = await this.#deps.sendMany(batch);
		const acked = new Set(reply.acked);
		await this.#acknowledge(batch.filter((entry) => acked.has(entry.seq)));
		for (const { seq, code } of reply.rejected) {
			const entry = batch.find((e) => e.seq === seq);
			if (!entry || acked.has(seq)) continue;
			if (code === 'out_of_date') {
				await this.#rebase(reply.last_seq);
				return;
			}
			if (STOPPING.has(code)) return this.#stop(code);
			await this.#refuse(entry);
		}
		if (acked.size === 0 && reply.rejected.length === 0) throw new Error('nothing acknowledged');
	}

	/** What to do after a failed try; true = go on sending now. */
	async #recover(error: unknown, batch: Entry[]): Promise<boolean> {
		const problem = asProblem(error);
		if (problem.code === 'out_of_date' && this.#rebases < MAX_REBASES) {
			const last = Number(problem.body.last_seq);
			await this.#rebase(Number.isFinite(last) ? last : this.#seq);
			return true;
		}
		if (STOPPING.has(problem.code)) {
			this.#stop(problem.code);
			return false;
		}
		if (!WAITING.has(problem.code) && problem.code !== 'out_of_date' && batch.length === 1) {
			await this.#refuse(batch[0]!);
			return true;
		}
		this.waiting = true;
		this.#rebases = 0;
		const wait = problem.retryAfter ? problem.retryAfter * 1000 : this.#wait;
		this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
		this.#cancel = this.#deps.later(wait, () => void this.flush());
		this.#deps.changed();
		return false;
	}

	/** Another tab or device wrote meanwhile: number what waits anew, after its last. */
	async #rebase(last: number): Promise<void> {
		this.#rebases++;
		this.#seq = last;
		for (const entry of this.#pending) {
			entry.seq = ++this.#seq;
			await this.#deps.store.put(entry).catch(() => undefined);
		}
	}

	async #acknowledge(entries: Entry[]): Promise<void> {
		if (entries.length === 0) return;
		this.waiting = false;
		this.#wait = FIRST_WAIT;
		this.#rebases = 0;
		await this.#drop(entries);
		for (const { slot } of entries) {
			if (!this.#pending.some((e) => e.slot === slot)) this.#states.set(slot, 'saved');
		}
		this.#deps.changed();
	}
	async #refuse(entry: Entry): Promise<void> {
		await this.#drop([entry]);
		if (!this.#pending.some((e) => e.slot === entry.slot)) this.#set(entry.slot, 'refused');
	}
	async #drop(entries: Entry[]): Promise<void> {
		const ids = entries.map((entry) => entry.id);
		this.#pending = this.#pending.filter((entry) => !ids.includes(entry.id));
		for (const id of ids) this.#tried.delete(id);
		await this.#deps.store.remove(ids).catch(() => undefined);
	}
	#stop(code: string): void {
		this.stopped = code;
		for (const { slot } of this.#pending) this.#states.set(slot, 'refused');
		this.#deps.changed();
	}
	#set(slot: number, state: SaveState): void {
		this.#states.set(slot, state);
		this.#deps.changed();
	}
}
