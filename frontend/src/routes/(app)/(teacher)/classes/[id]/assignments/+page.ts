import { assignments, catchUp, groups } from '#lib/api/assign.ts';
import { classBoard } from '#lib/api/gradebook.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, depends }) => {
	depends('app:assignments');
	const [b, a, c, g] = await orError(
		Promise.all([
			classBoard(params.id),
			assignments(params.id),
			catchUp(params.id),
			groups(params.id)
		])
	);
	const klass = b.class ?? b.classes[0]!;
	return {
		klass,
		pupils: b.students.map(({ person_id, name }) => ({ person_id, name })),
		assignments: a.items,
		catchUp: c,
		groups: g.items
	};
};
