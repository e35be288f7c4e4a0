// Who is signed in. A copy of /me stays in local storage, so that a reload with the network
// gone still knows whose kept answers to show; it holds no secret.
import { redirect } from '@sveltejs/kit';
import { whenExpired } from './api/client.ts';
import { dropEarly } from './api/early.ts';
import { asProblem } from './api/problem.ts';
import { getMe, signOut as apiSignOut } from './api/session.ts';
import type { Me, RoleName } from './api/types.ts';
import { refuseWrites, useAccount, wipe } from './offline/db.ts';

const KEY = 'nhaso.me';
/** Set while a sign-out has not reached the server: the cookies are still good. */
const LEAVING = 'nhaso.leaving';

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

/** Who used this browser last, and did not sign out. */
export function stored(): Me | null {
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

const left = () => import('./offline/left.ts');
/** Wipes this device. unsent: the present person's unsent work stays, as that of others does. */
async function clear(unsent: boolean): Promise<void> {
	try {
		const { leaveUnsent, wipe } = await left();
		if (unsent) await leaveUnsent();
		await wipe();
	} catch {
		// Without that code, or with a store that will not: nothing of anybody is left to the next.
		await wipe().catch(() => undefined);
	}
}

/** Takes over a signed-in person; another person's kept things are removed first. */
export async function adopt(me: Me): Promise<void> {
	const before = stored();
	if (before && before.account_id !== me.account_id) {
		dropEarly();
		useAccount(before.account_id);
		await clear(!!before.lesson);
	}
	session.me = me;
	useAccount(me.account_id);
	// Only at a computer of the school has anybody left anything.
	if (me.lesson)
		await left()
			.then(({ takeUp }) => takeUp())
			.catch(() => undefined);
	try {
		localStorage.removeItem(LEAVING);
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
	const shared = !!stored()?.lesson;
	return loading.catch((error: unknown) => {
		const { code } = asProblem(error);
		if (code === 'lesson_over' || (code === 'unauthenticated' && shared)) redirect(307, '/join');
		// What stands behind the '#' goes along: the code of a scanned slip.
		const { pathname, search, hash } = location;
		if (path === pathname + search) path += hash;
		if (code === 'unauthenticated') redirect(307, `/login?next=${encodeURIComponent(path)}`);
		throw error;
	});
}
async function load(): Promise<Me> {
	await finishLeaving();
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

/** A sign-out that did not reach the server is made good before anybody is taken for signed in. */
async function finishLeaving(): Promise<void> {
	if (!globalThis.localStorage?.getItem(LEAVING)) return;
	await apiSignOut();
	localStorage.removeItem(LEAVING);
}

/**
 * Signs out on the server (when reachable) and wipes this device. At a computer of the school
 * work that is not sent stays here, under the pupil's account, until the pupil is back.
 */
export async function leave(to?: string): Promise<void> {
	// First of all: what is being saved right now must not be written after the wipe.
	refuseWrites();
	const shared = !!(session.me ?? stored())?.lesson;
	localStorage.setItem(LEAVING, '1');
	await finishLeaving().catch(() => undefined);
	await clear(shared);
	localStorage.removeItem(KEY);
	// A full load: no page state of one person may survive for the next on a shared PC.
	location.assign(to ?? (shared ? '/join' : '/login'));
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
	school: '/school',
	officer: '/coverage',
	team: '/visits',
	admin: '/accounts'
};
export const homeOf = (me: Me): string => HOMES[me.home] ?? '/account';
