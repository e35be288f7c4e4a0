// What a relative's page keeps on the device, by code and never by account: on a shared phone
// the pupil may sign out meanwhile. The confirmation stays here until the server has
// acknowledged it; it carries its own id, so sending it again counts once.
import { asProblem } from '../api/problem.ts';
import { confirmMission, type Confirmation, type Invitation, type Thanks } from '../api/family.ts';
import type { Entry } from '../scenario/types.ts';

const PREFIX = 'nhaso.family.';

export interface Held {
	/** When the code ends: nothing is kept longer. */
	until: string;
	invitation?: Invitation;
	log?: readonly Entry[];
	/** The device's clock when playing began, in milliseconds. */
	began?: number;
	/** Enough different things were done. */
	enough?: boolean;
	/** Said, but not acknowledged. */
	send?: Confirmation;
	done?: Thanks;
}

export function held(code: string): Held | null {
	try {
		return JSON.parse(localStorage.getItem(PREFIX + code) ?? 'null') as Held | null;
	} catch {
		return null;
	}
}
/** False on a device without storage: then the page must stay open. */
export function hold(code: string, what: Held): boolean {
	try {
		localStorage.setItem(PREFIX + code, JSON.stringify(what));
		return true;
	} catch {
		return false;
	}
}
export function drop(code: string): void {
	try {
		localStorage.removeItem(PREFIX + code);
	} catch {
		// Nothing was kept then.
	}
}
function codes(): string[] {
	try {
		return Object.keys(localStorage)
			.filter((key) => key.startsWith(PREFIX))
			.map((key) => key.slice(PREFIX.length));
	} catch {
		return [];
	}
}

export type Sent =
	| { state: 'done'; thanks: Thanks }
	/** No network, a busy server: another try may do it. */
	| { state: 'waiting'; kept: boolean }
	/** The code is wrong, over or was used by another confirmation. */
	| { state: 'over' }
	/** The server wants something else: fields by their name. */
	| { state: 'refused'; fields: Record<string, string> };

/** Keeps a confirmation and sends it. Safe to repeat: its id makes it one. */
export async function send(code: string, base: Held, body: Confirmation): Promise<Sent> {
	const kept = hold(code, { ...base, send: body });
	try {
		const thanks = await confirmMission(code, body);
		// The digits and the log have done their work.
		hold(code, { until: base.until, done: thanks });
		return { state: 'done', thanks };
	} catch (error) {
		const problem = asProblem(error);
		if (problem.code === 'not_found') {
			drop(code);
			return { state: 'over' };
		}
		if (problem.status !== 422 && problem.code !== 'invalid') return { state: 'waiting', kept };
		const { send: _, ...rest } = { ...base, send: null };
		hold(code, rest);
		const fields: Record<string, string> = {};
		for (const e of problem.errors)
			fields[(e.location ?? '').replace(/^body\.(\w+).*$/, '$1')] = e.code ?? '';
		return { state: 'refused', fields };
	}
}

let sending: Promise<void> | null = null;
/** Sends what waits on this device, and throws away what is over. */
export function sendHeld(now: number = Date.now()): Promise<void> {
	sending ??= (async () => {
		for (const code of codes()) {
			const kept = held(code);
			if (kept?.send) {
				if ((await send(code, kept, kept.send)).state === 'waiting') return;
			} else if (!kept || Date.parse(kept.until) < now) drop(code);
		}
	})().finally(() => {
		sending = null;
	});
	return sending;
}
/** Confirmations of this device that are not acknowledged. */
export const heldCount = (): number => codes().filter((code) => held(code)?.send).length;
