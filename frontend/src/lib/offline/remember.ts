import { asProblem } from '../api/problem.ts';
import { keep, kept } from './db.ts';

export interface Seen<T> {
	data: T;
	/** When the shown copy was fetched, if it is an old one; null = fresh from the server. */
	staleSince: string | null;
}

/**
 * Fetches, and keeps a copy on the device; with the network gone, gives the copy back and
 * says how old it is. Any other refusal (403, 404…) passes through: it is an answer.
 */
export async function remember<T>(name: string, fetcher: () => Promise<T>): Promise<Seen<T>> {
	try {
		const data = await fetcher();
		keep(name, data).catch(() => {
			// Storage full or forbidden: the page works, only without a copy for later.
		});
		return { data, staleSince: null };
	} catch (error) {
		const problem = asProblem(error);
		if (!problem.offline && problem.code !== 'unavailable') throw error;
		const copy = await kept<T>(name).catch(() => null);
		if (!copy) throw error;
		return { data: copy.value, staleSince: copy.at };
	}
}
