import { classBoard } from '#lib/api/gradebook.ts';
import { sessions } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, depends }) => {
	depends('app:board');
	const [b, s] = await orError(Promise.all([classBoard(params.id), sessions(params.id)]));
	return {
		board: b,
		klass: b.class ?? b.classes[0]!,
		session: s.items.find((item) => item.state === 'open') ?? null
	};
};
