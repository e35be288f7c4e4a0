import { classItems, classRegrades } from '#lib/api/items.ts';
import { sessions } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, url }) => {
	const session = url.searchParams.get('session');
	const [missed, regrades, lessons] = await orError(
		Promise.all([classItems(params.id, session), classRegrades(params.id), sessions(params.id)])
	);
	return { missed, session, regrades: regrades.items, lessons: lessons.items };
};
