import { home } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';
import { keep } from '#lib/offline/db.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async ({ depends }) => {
	depends('app:home');
	const seen = await orError(
		remember('home', async () => {
			const fresh = await home();
			// The drill's own page opens with it when the network is gone.
			keep('drill', { drill: fresh.drill }).catch(() => undefined);
			return fresh;
		})
	);
	// The bar begins its pulse: nothing is asked outside a lesson.
	if (seen.data.session?.joined) globalThis.dispatchEvent(new Event('nhaso:lesson'));
	return { home: seen.data, staleSince: seen.staleSince };
};
