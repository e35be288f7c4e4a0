// Visits wait on the phone until the server has a receipt for each. A visit carries its own id:
// sent twice it is one, so nothing here has to know how far the last try got.
import type { NewVisit, Receipt, Refusal } from '../api/visits.ts';

export interface Waiting {
	campaign: string;
	/** The head's name, for what was refused. */
	head: string;
	visit: NewVisit;
	/** The server keeps it and does not count it. */
	refusal?: Refusal;
}
export interface Deps {
	all(): Promise<Waiting[]>;
	put(waiting: Waiting): Promise<void>;
	remove(id: string): Promise<void>;
	send(campaign: string, visits: NewVisit[]): Promise<{ items: Receipt[] }>;
}

/** As many as the server takes at once. */
export const BATCH = 200;

/** Sends what waits; throws what the first failed try threw, with the rest kept. */
export async function sendAll(deps: Deps): Promise<number> {
	const waiting = (await deps.all()).filter((one) => !one.refusal);
	let sent = 0;
	for (const campaign of new Set(waiting.map((one) => one.campaign))) {
		const own = waiting.filter((one) => one.campaign === campaign);
		for (let from = 0; from < own.length; from += BATCH) {
			const part = own.slice(from, from + BATCH);
			const { items } = await deps.send(
				campaign,
				part.map((one) => one.visit)
			);
			for (const { id, refusal } of items) {
				const one = part.find(({ visit }) => visit.id === id);
				if (!one) continue;
				if (refusal) await deps.put({ ...one, refusal });
				else await deps.remove(id);
				sent++;
			}
		}
	}
	return sent;
}

/** An instant in whole seconds, as the server keeps it. */
export function timestamp(now: number = Date.now()): string {
	return new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
}
