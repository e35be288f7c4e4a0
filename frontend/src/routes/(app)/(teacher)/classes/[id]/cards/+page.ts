import { signInCards } from '#lib/api/signin.ts';
import { classes } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, url, depends }) => {
	depends('app:cards');
	const [cards, mine] = await orError(Promise.all([signInCards(params.id), classes()]));
	return {
		id: params.id,
		cards,
		className: mine.items.find((item) => item.id === params.id)?.name ?? '',
		/** Chosen elsewhere, such as on the class board. */
		wanted: (url.searchParams.get('persons') ?? '').split(',').filter(Boolean)
	};
};
