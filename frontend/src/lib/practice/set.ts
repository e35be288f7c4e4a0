// A question set on this device: kept as soon as it was opened once, so that it goes on without a
// network. Its questions lie where those of a skill that was taken along do.
import { picture } from '../api/offline.ts';
import type { PracticeSet } from '../api/sets.ts';
import { keep, kept, mediaCache } from '../offline/db.ts';
import { mediaUrl } from '../quiz/media.ts';

/** Keeps the questions and their pictures; tells whether all of it is here. */
export async function keepSet(set: PracticeSet): Promise<boolean> {
	try {
		await keep(`questions:${set.key}`, set.questions);
		const names = new Set(set.questions.flatMap((q) => (q.image ? [q.image.src] : [])));
		if (names.size === 0) return true;
		const cache = await caches.open(mediaCache());
		for (const name of names)
			if (!(await cache.match(mediaUrl(name))))
				await cache.put(mediaUrl(name), await picture(name));
		return true;
	} catch {
		return false;
	}
}

/** What was answered rightly: as the server knows it and as this device does. */
export async function solvedOf(set: PracticeSet): Promise<string[]> {
	const here = (await kept<string[]>(`solved:${set.key}`).catch(() => null))?.value ?? [];
	const keys = new Set([...set.right, ...here]);
	return set.questions.map((q) => q.key).filter((key) => keys.has(key));
}
export const keepSolved = (set: string, keys: string[]): Promise<void> =>
	keep(`solved:${set}`, keys).catch(() => undefined);

/** The first question from one on, round to the beginning, that is still to be answered; -1: none. */
export function nextOpen(keys: string[], solved: string[], from: number): number {
	for (let i = 0; i < keys.length; i++) {
		const at = (from + i) % keys.length;
		if (!solved.includes(keys[at]!)) return at;
	}
	return -1;
}
