import { board, links } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, depends }) => {
	depends('app:links');
	const [rows, b] = await orError(Promise.all([links(params.id), board(params.id)]));
	return { rows: rows.items, klass: b.class };
};
