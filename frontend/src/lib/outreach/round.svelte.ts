// A member's round on this phone: the kept list, the visits that wait, and sending them.
import { newId, serverNow } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import { myRounds, sendVisits, type NewVisit, type Round } from '../api/visits.ts';
import { forget, keep, kept, keptNames } from '../offline/db.ts';
import { sendAll, type Waiting } from './visitQueue.ts';

const LIST = 'rounds';
export const VISIT = 'visit:';
const ORDER = 'visit-order';

const deps = {
	async all(): Promise<Waiting[]> {
		const names = await keptNames(VISIT);
		const found = await Promise.all(names.map((name) => kept<Waiting>(name)));
		return found.flatMap((one) => (one ? [one.value] : []));
	},
	put: (one: Waiting) => keep(VISIT + one.visit.id, one),
	remove: (id: string) => forget(VISIT + id),
	send: sendVisits
};

export class RoundBook {
	rounds = $state.raw<Round[]>([]);
	waiting = $state.raw<Waiting[]>([]);
	order = $state.raw<string[]>([]);
	busy = $state(false);
	/** When the list came from the server; null: never on this phone. */
	at = $state<string | null>(null);
	/** What the last try ended with. */
	error = $state.raw<unknown>(null);

	/** Visits without a receipt. */
	get unsent(): NewVisit[] {
		return this.waiting.filter((one) => !one.refusal).map((one) => one.visit);
	}
	get refused(): Waiting[] {
		return this.waiting.filter((one) => one.refusal);
	}

	/** What the phone has; then, where there is a network, what is new. */
	async open(): Promise<void> {
		const list = await kept<Round[]>(LIST).catch(() => null);
		if (list) {
			this.rounds = list.value;
			this.at = list.at;
		}
		this.order = (await kept<string[]>(ORDER).catch(() => null))?.value ?? [];
		this.waiting = await deps.all().catch(() => []);
		await this.sync();
	}

	/** Sends what waits, then takes the list anew. True when both were done. */
	async sync(): Promise<boolean> {
		if (this.busy) return false;
		this.busy = true;
		this.error = null;
		try {
			await sendAll({ ...deps, all: () => Promise.resolve(this.waiting) });
			this.rounds = (await myRounds()).items;
			this.at = new Date().toISOString();
			await keep(LIST, this.rounds).catch(() => undefined);
		} catch (caught) {
			this.error = asProblem(caught);
		}
		// What could not be written to the phone is still here and waits on.
		const onDisk = await deps.all().catch(() => this.waiting);
		const lost = this.waiting.filter(
			(one) => this.#loose.has(one.visit.id) && !onDisk.some((d) => d.visit.id === one.visit.id)
		);
		this.waiting = this.error ? [...onDisk, ...lost] : onDisk;
		this.busy = false;
		return !this.error;
	}
	readonly #loose = new Set<string>();

	/** Keeps a visit on the phone and tries to send it. False when the phone cannot keep it. */
	async record(round: Round, head: string, what: Omit<NewVisit, 'id' | 'at'>): Promise<boolean> {
		const at = new Date(serverNow()).toISOString().replace(/\.\d+Z$/, 'Z');
		const one: Waiting = { campaign: round.id, head, visit: { ...what, id: newId(), at } };
		let safe = true;
		try {
			await deps.put(one);
		} catch {
			safe = false;
			this.#loose.add(one.visit.id);
		}
		this.waiting = [...this.waiting, one];
		return safe;
	}

	async arrange(ids: string[]): Promise<void> {
		this.order = ids;
		await keep(ORDER, ids).catch(() => undefined);
	}
}
