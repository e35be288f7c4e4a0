import { classConsents } from '#lib/api/consents.ts';
import { board } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, depends }) => {
	depends('app:consents');
	const [consents, b] = await orError(Promise.all([classConsents(params.id), board(params.id)]));
	return { id: params.id, consents, klass: b.class };
};
