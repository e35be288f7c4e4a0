import { coverage, villages } from '#lib/api/officer.ts';
import type { Village } from '#lib/api/types.ts';
import { orError } from '#lib/load.ts';
import { MANAGES_PLACES, only } from '#lib/officer/guard.ts';
import { placeName } from '#lib/officer/places.ts';

export const load = async ({ url, parent, depends }) => {
	depends('app:villages');
	const { me } = await parent();
	only(me, MANAGES_PLACES);
	const code = url.searchParams.get('commune');
	if (!code) return { commune: null, villages: [] as Village[] };
	const [of, list] = await orError(Promise.all([coverage(code), all(code)]));
	return { commune: { code: of.area.code, name: placeName(of.area) }, villages: list };
};

/** A commune has tens of villages, the largest a few hundred: one table holds them. */
async function all(commune: string): Promise<Village[]> {
	const found: Village[] = [];
	let cursor: string | null = null;
	do {
		const reply = await villages(commune, { limit: 200, ...(cursor ? { cursor } : {}) });
		found.push(...reply.items);
		cursor = reply.next_cursor;
	} while (cursor);
	return found;
}
