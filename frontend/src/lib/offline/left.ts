// Computers that several pupils use: who goes leaves unsent work under the own account, where
// nobody else sees it. Loaded only when somebody comes or goes.
import {
	account,
	dropMedia,
	keptNames,
	read,
	run,
	unsentAnswers,
	writing,
	type Owned
} from './db.ts';

/** What waits to be sent, of all that is kept. */
const UNSENT = /^(submit|late|step|try|run):/;
/** Under this key: the accounts that left with unsent work, and when. It belongs to nobody. */
const LEFT = 'left';
/** The server takes late answers for a week; what is older helps nobody. */
const LEFT_FOR = 7 * 24 * 60 * 60 * 1000;

/** Accounts whose unsent work stays on this computer until they come back. */
async function whoLeft(): Promise<Record<string, number>> {
	const all = (await read('kept', (store) => store.get(LEFT))) as Record<string, number>;
	const fresh = Object.entries(all ?? {}).filter(([, at]) => Date.now() - at < LEFT_FOR);
	return Object.fromEntries(fresh);
}
/** Whether this person has anything here that the server has not acknowledged. */
export async function hasUnsent(): Promise<boolean> {
	return (await unsentAnswers()) > 0 || (await keptNames('')).some((name) => UNSENT.test(name));
}
/** Before a wipe: what this person has not sent stays, under their account, and nothing else. */
export async function leaveUnsent(): Promise<void> {
	await Promise.allSettled([...writing]);
	if (!(await hasUnsent())) return;
	const left = { ...(await whoLeft()), [account]: Date.now() };
	await run('kept', 'readwrite', (store) => store.put(left, LEFT));
}
/** The person is back: what was left is theirs again, and goes with the next wipe. */
export async function takeUp(): Promise<void> {
	const left = await whoLeft();
	if (!(account in left)) return;
	delete left[account];
	await run('kept', 'readwrite', (store) => store.put(left, LEFT));
}

/** Removes what this device keeps, but for the unsent work of those who left it here. */
export async function wipe(): Promise<void> {
	await Promise.allSettled([...writing]);
	const left = await whoLeft();
	const stays = (key: string) => {
		const [owner = '', name = ''] = key.split(/:(.*)/s);
		return key === LEFT ? Object.keys(left).length > 0 : owner in left && UNSENT.test(name);
	};
	await Promise.all([
		run('kept', 'readwrite', (store) => {
			const keys = store.getAllKeys();
			keys.onsuccess = () =>
				(keys.result as string[]).forEach((key) => stays(key) || store.delete(key));
			return undefined;
		}),
		run('answers', 'readwrite', (store) => {
			const all = store.getAll() as IDBRequest<Owned[]>;
			all.onsuccess = () =>
				all.result.forEach((entry) => (entry.account ?? '') in left || store.delete(entry.id));
			return undefined;
		}),
		dropMedia()
	]);
}
