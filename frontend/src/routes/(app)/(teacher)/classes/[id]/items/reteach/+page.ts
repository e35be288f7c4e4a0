import { reteach } from '#lib/api/items.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async ({ params, url }) => {
	const session = url.searchParams.get('session');
	const seen = await orError(
		remember(`wall:reteach/${params.id}/${session ?? ''}`, () => reteach(params.id, session))
	);
	return { id: params.id, session, deck: seen.data };
};
