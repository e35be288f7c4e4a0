import { classes, session } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, depends }) => {
	depends('app:wall');
	const [one, mine] = await orError(Promise.all([session(params.id), classes()]));
	const head = mine.items.find((item) => item.id === one.class_id);
	return {
		session: one,
		className: one.class_name ?? head?.name ?? '',
		students: head?.students ?? 0
	};
};
