import { classConsents } from '#lib/api/consents.ts';
import { board, links } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, depends }) => {
	depends('app:links');
	// A head reads the class and keeps no consents.
	const kept = classConsents(params.id).catch(() => null);
	const [rows, b] = await orError(Promise.all([links(params.id), board(params.id)]));
	const incomplete = (await kept)?.items.filter((one) => !one.complete) ?? [];
	return {
		rows: rows.items,
		klass: b.class,
		missing: new Set(incomplete.map((one) => one.person_id))
	};
};
