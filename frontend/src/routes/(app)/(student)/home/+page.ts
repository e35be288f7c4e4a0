import { home } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async ({ depends }) => {
	depends('app:home');
	const seen = await orError(remember('home', home));
	// The bar begins its pulse: nothing is asked outside a lesson.
	if (seen.data.session?.joined) globalThis.dispatchEvent(new Event('nhaso:lesson'));
	return { home: seen.data, staleSince: seen.staleSince };
};
