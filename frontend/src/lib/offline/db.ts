// What this device keeps for the signed-in person. Everything is keyed by account and wiped
// on sign-out: school computers are shared.
import { getLocale } from '#paraglide/runtime.js';
import type { Entry } from '../quiz/queue.ts';

type Store = 'kept' | 'answers';

let opening: Promise<IDBDatabase> | null = null;
function db(): Promise<IDBDatabase> {
	opening ??= new Promise<IDBDatabase>((resolve, reject) => {
		const request = indexedDB.open('nhaso', 1);
		request.onupgradeneeded = () => {
			const base = request.result;
			base.createObjectStore('kept');
			base.createObjectStore('answers', { keyPath: 'id' }).createIndex('attempt', 'attempt');
		};
		request.onsuccess = () => {
			// Cleared by the browser while the page is open: the next call opens it anew.
			request.result.onclose = () => (opening = null);
			resolve(request.result);
		};
		request.onerror = () => reject(request.error ?? new Error('no database'));
	}).catch((error: unknown) => {
		opening = null;
		throw error;
	});
	return opening;
}

/** One transaction on one store; resolves when it is on disk, with the last request's result. */
export async function run<T>(
	store: Store,
	mode: IDBTransactionMode,
	work: (store: IDBObjectStore) => IDBRequest<T> | undefined
): Promise<T> {
	// Strict: "kept" means on the disk, also when the power goes the moment after.
	const tx = (await db()).transaction(store, mode, { durability: 'strict' });
	return new Promise((resolve, reject) => {
		const request = work(tx.objectStore(store));
		tx.oncomplete = () => resolve(request?.result as T);
		tx.onabort = () => reject(tx.error ?? new Error('not written'));
	});
}
export const read = <T>(store: Store, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
	run(store, 'readonly', work);

/** Set while a person leaves: a write under way must not outlive the wipe. */
let shut = false;
export const writing = new Set<Promise<unknown>>();
/** Refuses every write from now on; the next page load begins anew. */
export function refuseWrites(): void {
	shut = true;
}
async function write(
	store: Store,
	work: (store: IDBObjectStore) => IDBRequest | undefined
): Promise<void> {
	const done = run(store, 'readwrite', (open) => {
		// Opening takes a moment, in which the person may have left.
		if (shut) throw new Error('signed out');
		return work(open);
	});
	writing.add(done);
	await done.finally(() => writing.delete(done));
}

export let account = '';
/** Whose things are read and written from now on. */
export function useAccount(id: string): void {
	account = id;
}

/** What is read is kept in each language by itself; what was done is not. */
const CONTENT = /^(home|course|lesson|question|scenario|teach|drill)/;
/** Where a thing lies, in the language of the page; of content also where the other one lies. */
function keysOf(name: string): [string, ...string[]] {
	const keys = ['', CONTENT.test(name) ? '.en' : ''].map((tongue) => `${account}${tongue}:${name}`);
	return (getLocale() === 'en' ? keys.reverse() : keys) as [string, string];
}

export interface Kept<T> {
	value: T;
	at: string;
}
export async function keep(name: string, value: unknown): Promise<void> {
	const [key] = keysOf(name);
	// Plain JSON: reactive proxies cannot be cloned into the database.
	const plain = {
		value: JSON.parse(JSON.stringify(value)) as unknown,
		at: new Date().toISOString()
	};
	await write('kept', (store) => store.put(plain, key));
}
export async function kept<T>(name: string): Promise<Kept<T> | null> {
	// A text in the other language is better than none.
	for (const key of keysOf(name)) {
		const found = (await read('kept', (store) => store.get(key))) as Kept<T> | undefined;
		if (found) return found;
	}
	return null;
}
export async function keptNames(prefix: string): Promise<string[]> {
	const [start] = keysOf(prefix);
	const range = IDBKeyRange.bound(start, start + '\uffff');
	const keys = await read('kept', (store) => store.getAllKeys(range));
	return (keys as string[]).map((key) => key.slice(start.length - prefix.length));
}
export async function forget(name: string): Promise<void> {
	await write('kept', (store) => keysOf(name).map((key) => store.delete(key))[0]);
}

/** Attempts that an open page sends by itself: the outbox leaves them alone. */
export const inUse = new Set<string>();

/** An answer as it lies here: whose it is counts, because others use this computer after them. */
export type Owned = Entry & { account?: string };
async function own(entries: Promise<Owned[]>): Promise<Entry[]> {
	return (await entries)
		.filter((entry) => (entry.account ?? account) === account)
		.map((entry) => {
			delete entry.account;
			return entry;
		});
}

/** The answer queue's store (see quiz/queue.ts). */
export const answerStore = {
	all: (attempt: string): Promise<Entry[]> =>
		own(read('answers', (store) => store.index('attempt').getAll(attempt))),
	async put(entry: Entry): Promise<void> {
		const plain = { ...(JSON.parse(JSON.stringify(entry)) as Entry), account };
		await write('answers', (store) => store.put(plain));
	},
	remove: (ids: string[]): Promise<void> =>
		write('answers', (store) => ids.map((id) => store.delete(id)).at(-1))
};

const everything = () => own(read<Owned[]>('answers', (store) => store.getAll()));
/** This person's entries of any attempt that the server has not acknowledged. */
export const unsentAnswers = async (): Promise<number> => (await everything()).length;
/** The attempts that have such entries. */
export async function unsentAttempts(): Promise<string[]> {
	return [...new Set((await everything()).map((entry) => entry.attempt))];
}
/** Where the pictures of skills that were taken along lie, for the service worker. */
export const mediaCache = (): string => `taken:${account}`;

/** Removes everything of everybody that this device keeps; see left.ts for what stays. */
export async function wipe(): Promise<void> {
	await Promise.allSettled([...writing]);
	const clear = (store: Store) => run(store, 'readwrite', (open) => open.clear());
	await Promise.all([clear('kept'), clear('answers'), dropMedia()]);
}
export async function dropMedia(): Promise<void> {
	// Absent over plain http.
	const names = (await globalThis.caches?.keys().catch(() => [])) ?? [];
	await Promise.all(names.map((name) => name.startsWith('taken:') && caches.delete(name)));
}
