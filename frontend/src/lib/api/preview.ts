// What `nhaso curriculum preview` serves; an ordinary server has none of it.
import type { Draft } from '../preview/types.ts';

const PATH = '/api/preview';

/** The folder as it is now, or null where there is no preview. */
export async function draft(): Promise<Draft | null> {
	const reply = await fetch(PATH).catch(() => null);
	if (!reply?.ok || !reply.headers.get('Content-Type')?.includes('json')) return null;
	return (await reply.json()) as Draft;
}

/** Calls back with the version of the folder, now and at every change. */
export function versions(callback: (version: string) => void): () => void {
	const source = new EventSource(`${PATH}/events`);
	source.onmessage = ({ data }) => callback(String(data));
	return () => source.close();
}
