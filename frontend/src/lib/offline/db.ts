// What this device keeps for the signed-in person. Everything is keyed by account and wiped
// on sign-out: school computers are shared.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Entry } from '../quiz/queue.ts';

interface Schema extends DBSchema {
	kept: { key: string; value: { value: unknown; at: string } };
	answers: { key: string; value: Entry; indexes: { attempt: string } };
}

let opening: Promise<IDBPDatabase<Schema>> | null = null;
function db(): Promise<IDBPDatabase<Schema>> {
	opening ??= openDB<Schema>('nhaso', 1, {
		upgrade(base) {
			base.createObjectStore('kept');
			base.createObjectStore('answers', { keyPath: 'id' }).createIndex('attempt', 'attempt');
		},
		terminated() {
			opening = null;
		}
	}).catch((error: unknown) => {
		opening = null;
		throw error;
	});
	return opening;
}

let account = '';
/** Whose things are read and written from now on. */
export function useAccount(id: string): void {
	account = id;
}

export interface Kept<T> {
	value: T;
	at: string;
}
export async function keep(name: string, value: unknown): Promise<void> {
	// Plain JSON: reactive proxies cannot be cloned into the database.
	const plain: unknown = JSON.parse(JSON.stringify(value));
	await (
		await db()
	).put('kept', { value: plain, at: new Date().toISOString() }, `${account}:${name}`);
}
export async function kept<T>(name: string): Promise<Kept<T> | null> {
	const found = await (await db()).get('kept', `${account}:${name}`);
	return found ? (found as Kept<T>) : null;
}
export async function keptNames(prefix: string): Promise<string[]> {
	const start = `${account}:${prefix}`;
	const keys = await (await db()).getAllKeys('kept', IDBKeyRange.bound(start, start + '\uffff'));
	return keys.map((key) => key.slice(account.length + 1));
}
export async function forget(name: string): Promise<void> {
	await (await db()).delete('kept', `${account}:${name}`);
}

/** The answer queue's store (see quiz/queue.ts). */
export const answerStore = {
	async all(attempt: string): Promise<Entry[]> {
		return (await db()).getAllFromIndex('answers', 'attempt', attempt);
	},
	async put(entry: Entry): Promise<void> {
		await (await db()).put('answers', JSON.parse(JSON.stringify(entry)) as Entry);
	},
	async remove(ids: string[]): Promise<void> {
		const tx = (await db()).transaction('answers', 'readwrite');
		await Promise.all([...ids.map((id) => tx.store.delete(id)), tx.done]);
	}
};

/** Entries of any attempt that the server has not acknowledged. */
export async function unsentAnswers(): Promise<number> {
	return (await db()).count('answers');
}

/** Removes everything this device keeps (sign-out, or another person signing in). */
export async function wipe(): Promise<void> {
	const base = await db();
	await Promise.all([base.clear('kept'), base.clear('answers')]);
}
