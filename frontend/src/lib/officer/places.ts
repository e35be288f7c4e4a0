// Which places a signed-in officer starts from, and how places are called.
import { m } from '#paraglide/messages.js';
import { searchAreas } from '../api/officer.ts';
import type { AreaRef, Me } from '../api/types.ts';
import { hasRole } from '../session.svelte.ts';

/** The province this house serves; who is tied to no area below starts here. */
export const PROVINCE = '22';

export interface Start {
	code: string;
	name: string;
}

/** The areas an officer's roles hold in; one without an area starts at the province. */
export async function startsOf(me: Me): Promise<Start[]> {
	if (me.roles.some((grant) => grant.scope_kind === 'all')) return [{ code: PROVINCE, name: '' }];
	const found: Start[] = [];
	for (const grant of me.roles) {
		if (grant.scope_kind !== 'area') continue;
		const code = grant.scope_code ?? (await codeOf(grant.scope_name));
		if (code && !found.some((start) => start.code === code))
			found.push({ code, name: grant.scope_name });
	}
	return found;
}
async function codeOf(name: string): Promise<string | null> {
	const hits = (await searchAreas(name)).items;
	return hits.find((hit) => hit.name === name)?.code ?? null;
}

/** A commune's officer has no figures of the whole province: that crumb is no link. */
export function opens(me: Me | null | undefined, area: AreaRef): boolean {
	return area.level !== 'province' || hasRole(me ?? null, 'dept_officer', 'admin');
}

const KIND: Record<string, () => string> = {
	thon: m.kind_thon,
	ban: m.kind_ban,
	khu_pho: m.kind_khu_pho
};
export const VILLAGE_KINDS = Object.keys(KIND);
export const kindName = (kind: string): string => KIND[kind]?.() ?? kind;

/** "Thôn Khe Vằn", "Phường Hồng Gai": the server keeps the kind apart from the name. */
export function placeName(place: { name: string; kind?: string }): string {
	if (!place.kind) return place.name;
	const kind = kindName(place.kind);
	// A kind of its own language: capital first, as in the name on the door.
	return `${kind.charAt(0).toLocaleUpperCase('vi')}${kind.slice(1)} ${place.name}`;
}
