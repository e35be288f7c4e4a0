// The villages of a commune, however many there are, for whoever shares them out.
import { villages } from '../api/officer.ts';
import { plain } from './doors.ts';

export interface VillageName {
	code: string;
	kind: string;
	name: string;
}
/** As many as one member walks. */
export const MOST = 20;
/** What the server gives at once. */
const PART = 200;

/** Provinces have two digits, communes five. */
export const isProvince = (code: string): boolean => code.length <= 2;

/** Every village of a commune, part after part. */
export async function allVillages(
	commune: string,
	read: typeof villages = villages
): Promise<VillageName[]> {
	const all: VillageName[] = [];
	let cursor: string | null = '';
	while (cursor !== null) {
		const part = await read(commune, { limit: PART, ...(cursor ? { cursor } : {}) });
		all.push(...part.items);
		cursor = part.next_cursor;
	}
	return all;
}

/** Those whose name fits, with or without marks; chosen ones always, and in front. */
export function sift(
	list: readonly VillageName[],
	query: string,
	chosen: readonly string[]
): VillageName[] {
	const wanted = plain(query.trim());
	const picked = list.filter(({ code }) => chosen.includes(code));
	const others = list.filter(
		({ code, name }) => !chosen.includes(code) && plain(name).includes(wanted)
	);
	return [...picked, ...others];
}
