// Which school a page is about: the one named in the address, or the first of the person's own.
import { error } from '@sveltejs/kit';
import type { Me } from '../api/types.ts';

export interface School {
	id: string;
	name: string;
}
export interface Mine extends School {
	/** May change things; the head of a school only reads. */
	manages: boolean;
	all: School[];
}

export function schoolOf(me: Me, url: URL): Mine {
	const roles = me.roles.filter(
		({ role, scope_id }) => (role === 'school_admin' || role === 'head') && scope_id
	);
	const all = new Map(roles.map((role) => [role.scope_id ?? '', role.scope_name]));
	const asked = url.searchParams.get('school');
	const id = asked && all.has(asked) ? asked : [...all.keys()][0];
	if (!id) error(403, { message: 'forbidden', code: 'forbidden' });
	return {
		id,
		name: all.get(id) ?? '',
		manages: roles.some(({ role, scope_id }) => role === 'school_admin' && scope_id === id),
		all: [...all].map(([key, name]) => ({ id: key, name }))
	};
}

/** For pages that change things: the head of a school is told so. */
export function managed(me: Me, url: URL): Mine {
	const mine = schoolOf(me, url);
	if (!mine.manages) error(403, { message: 'forbidden', code: 'forbidden' });
	return mine;
}
