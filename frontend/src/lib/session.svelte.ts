// Who is signed in. A copy of /me stays in local storage, so that a reload with the network
// gone still knows whose kept answers to show; it holds no secret.
import { redirect } from '@sveltejs/kit';
import { whenExpired } from './api/client.ts';
import { asProblem } from './api/problem.ts';
import { getMe, signOut as apiSignOut } from './api/session.ts';
import type { Me, RoleName } from './api/types.ts';
import { refuseWrites, useAccount, wipe } from './offline/db.ts';

const KEY = 'nhaso.me';

class Session {
	me = $state.raw<Me | null>(null);
	/** The sign-in sheet is shown over the page. */
	expired = $state(false);
	/** The page shown was opened without the server. */
	offline = $state(false);
	/** Set once a page is on screen: from then on an ended session opens the sheet. */
	started = false;
}
export const session = new Session();

let waiting: ((signedIn: boolean) => void)[] = [];
whenExpired(() => {
	if (!session.me || !session.started) return Promise.resolve(false);
	session.expired = true;
	return new Promise((resolve) => waiting.push(resolve));
});
/** Ends the sign-in sheet: true lets the stopped requests go on. */
export function settleExpired(signedIn: boolean): void {
	session.expired = false;
	const all = waiting;
	waiting = [];
	for (const resolve of all) resolve(signedIn);
}

function stored(): Me | null {
	try {
		return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Me | null;
	} catch {
		return null;
	}
}

// At once, not when /me has answered: pages begin to read what is kept for this person while
// the answer is still on its way.
const last = stored();
if (last) useAccount(last.account_id);

/** Takes over a signed-in person; another person's kept things are removed first. */
export async function adopt(me: Me): Promise<void> {
	const before = stored();
	if (before && before.account_id !== me.account_id) await wipe().catch(() => undefined);
	session.me = me;
	useAccount(me.account_id);
	try {
		localStorage.setItem(KEY, JSON.stringify(me));
	} catch {
		// Without storage everything works but the offline reload.
	}
}

let loading: Promise<Me> | null = null;
/** The signed-in person, or a redirect to the sign-in page that leads back here. */
export function requireMe(path: string): Promise<Me> {
	if (session.me) return Promise.resolve(session.me);
	loading ??= load().finally(() => {
		loading = null;
	});
	return loading.catch((error: unknown) => {
		if (asProblem(error).code === 'unauthenticated')
			redirect(307, `/login?next=${encodeURIComponent(path)}`);
		throw error;
	});
}
async function load(): Promise<Me> {
	const before = stored();
	try {
		const me = await getMe();
		await adopt(me);
		session.offline = false;
		return me;
	} catch (error) {
		const problem = asProblem(error);
		if (before && (problem.offline || problem.code === 'unavailable')) {
			session.me = before;
			session.offline = true;
			return before;
		}
		throw error;
	}
}

/** Signs out on the server (when reachable) and wipes this device. */
export async function leave(): Promise<void> {
	// First of all: what is being saved right now must not be written after the wipe.
	refuseWrites();
	await apiSignOut().catch(() => undefined);
	await wipe().catch(() => undefined);
	localStorage.removeItem(KEY);
	// A full load: no page state of one person may survive for the next on a shared PC.
	location.assign('/login');
}

// Signed out in another tab: nothing of this person may be kept by this one either.
globalThis.addEventListener?.('storage', (event) => {
	if (event.key !== KEY || event.newValue || !session.me) return;
	refuseWrites();
	location.assign('/login');
});

export function hasRole(me: Me | null, ...roles: RoleName[]): boolean {
	return !!me?.roles.some((grant) => roles.includes(grant.role));
}

const HOMES: Record<Me['home'], string> = {
	student: '/home',
	teacher: '/classes',
	school: '/classes',
	officer: '/coverage',
	team: '/coverage',
	admin: '/accounts'
};
export const homeOf = (me: Me): string => HOMES[me.home] ?? '/account';
