import { classes, session } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, depends }) => {
	depends('app:session');
	const [one, mine] = await orError(Promise.all([session(params.id), classes()]));
	return {
		session: one,
		className: mine.items.find((item) => item.id === one.class_id)?.name ?? '',
		at: Date.now()
	};
};
