import { status } from '#lib/api/laptops.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ depends }) => {
	depends('app:safety');
	return { status: await orError(status()) };
};
