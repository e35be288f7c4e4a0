import { imports } from '#lib/api/roster.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ url, parent }) => {
	const { me } = await parent();
	const schools = me.roles.flatMap((r) =>
		r.role === 'school_admin' && r.scope_kind === 'school' && r.scope_id
			? [{ id: r.scope_id, name: r.scope_name }]
			: []
	);
	const wanted = url.searchParams.get('school');
	const school = schools.find((s) => s.id === wanted) ?? (wanted ? null : schools[0]);
	const id = school?.id ?? wanted;
	return {
		schools,
		id,
		name: school?.name ?? '',
		history: id ? await orError(imports({ kind: 'school', id })) : []
	};
};
