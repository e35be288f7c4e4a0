import { monthsWaiting } from '#lib/api/signoff.ts';
import { orError } from '#lib/load.ts';
import { startsOf } from '#lib/officer/places.ts';

export const load = async ({ parent }) => {
	const { me } = await parent();
	const [waiting, areas] = await orError(Promise.all([monthsWaiting(), startsOf(me)]));
	const schools = me.roles
		.filter((grant) => grant.scope_kind === 'school' && grant.scope_id)
		.map((grant) => ({ code: grant.scope_id as string, name: grant.scope_name }));
	const places = [...areas, ...schools].filter(
		(place, i, all) => all.findIndex((other) => other.code === place.code) === i
	);
	return { waiting, places };
};
