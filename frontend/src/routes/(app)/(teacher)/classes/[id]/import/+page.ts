import { imports } from '#lib/api/roster.ts';
import { board } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, parent }) => {
	const { me } = await parent();
	const [found, history] = await Promise.all([
		orError(board(params.id)),
		orError(imports({ kind: 'class', id: params.id }))
	]);
	const school = me.roles.find((r) => r.role === 'school_admin' && r.scope_kind === 'school');
	return { klass: found.class, history, school: school?.scope_id ?? null };
};
