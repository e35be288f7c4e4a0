// A member's round on this phone: the kept list, the visits that wait, and sending them.
import { newId, serverNow } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import { myRounds, sendVisits, type Door, type NewVisit, type Round } from '../api/visits.ts';
import { forget, keep, kept, keptNames } from '../offline/db.ts';
import { sendAll, timestamp, type Waiting } from './visitQueue.ts';

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
		const known = this.waiting;
		try {
			await sendAll({ ...deps, all: () => Promise.resolve(known) });
			this.rounds = (await myRounds()).items;
			this.at = timestamp();
			await keep(LIST, this.rounds).catch(() => undefined);
			await this.#letGo().catch(() => undefined);
		} catch (caught) {
			this.error = asProblem(caught);
		}
		const onDisk = await deps.all().catch(() => this.waiting);
		// What the phone could not keep lives here alone until it is sent.
		const loose = this.waiting.filter(
			({ visit }) =>
				this.#loose.includes(visit.id) &&
				!onDisk.some((one) => one.visit.id === visit.id) &&
				(this.error || !known.some((one) => one.visit.id === visit.id))
		);
		this.waiting = [...onDisk, ...loose];
		this.busy = false;
		if (this.error) return false;
		// Recorded while this was under way.
		return this.unsent.length > 0 ? this.sync() : true;
	}
	#loose: string[] = [];

	/** What the list itself tells of as kept by the server need not lie here as well. */
	async #letGo(): Promise<void> {
		const told = this.rounds.flatMap(({ kept }) => (kept ?? []).map(({ id }) => id));
		for (const { visit, refusal } of await deps.all())
			if (refusal && told.includes(visit.id)) await deps.remove(visit.id);
	}
	/** Takes visits off this phone that the server has and no list tells of any more. */
	async dismiss(): Promise<void> {
		for (const { visit } of this.refused) await deps.remove(visit.id);
		this.waiting = this.waiting.filter(({ refusal }) => !refusal);
	}
	/** A door that a slip opened and that is not on the list: shown as long as this page is. */
	show(campaign: string, door: Door): void {
		this.rounds = this.rounds.map((round) =>
			round.id !== campaign || round.doors.some(({ id }) => id === door.id)
				? round
				: { ...round, doors: [door, ...round.doors] }
		);
	}

	/** Keeps a visit on the phone and tries to send it. False when the phone cannot keep it. */
	async record(round: Round, head: string, what: Omit<NewVisit, 'id' | 'at'>): Promise<boolean> {
		const at = timestamp(serverNow());
		const one: Waiting = { campaign: round.id, head, visit: { ...what, id: newId(), at } };
		let safe = true;
		try {
			await deps.put(one);
		} catch {
			safe = false;
			this.#loose.push(one.visit.id);
		}
		this.waiting = [...this.waiting, one];
		return safe;
	}

	async arrange(ids: string[]): Promise<void> {
		this.order = ids;
		await keep(ORDER, ids).catch(() => undefined);
	}
}
