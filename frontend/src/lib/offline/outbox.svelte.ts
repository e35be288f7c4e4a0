// What the outbox has done and what still waits, for the pages to show.
import { kept } from './db.ts';
import { refusals, type Refused } from './late.ts';
import { heldSubmissions, sendAll, type HeldSubmission } from './outbox.ts';

class Outbox {
	/** Handed in since the app was opened. */
	sent = $state.raw<string[]>([]);
	held = $state.raw<(HeldSubmission & { attempt: string })[]>([]);
	/** Attempts with unsent answers that the pupil has not handed in. */
	open = $state.raw<string[]>([]);
	refused = $state.raw<(Refused & { attempt: string })[]>([]);
	busy = $state(false);

	async run(): Promise<void> {
		this.busy = true;
		try {
			const round = await sendAll();
			this.sent = [...new Set([...this.sent, ...round.sent])];
			await this.read(round.waiting);
		} catch {
			// The device's store is out of reach: nothing of it can be shown either.
		}
		this.busy = false;
	}
	/** Reads again what is kept. */
	async read(waiting: string[] = this.open): Promise<void> {
		const ids = await heldSubmissions();
		const found = await Promise.all(ids.map((id) => kept<HeldSubmission>(`submit:${id}`)));
		this.held = found.flatMap((f, i) => (f ? [{ ...f.value, attempt: ids[i]! }] : []));
		this.open = waiting.filter((id) => !ids.includes(id));
		this.refused = await refusals();
	}
	get waiting(): boolean {
		return this.held.length > 0 || this.open.length > 0;
	}
}
export const outbox = new Outbox();
