import { redirect } from '@sveltejs/kit';
import { here, laptops } from '#lib/api/laptops.ts';
import { classes } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ depends }) => {
	depends('app:laptops');
	if ((await orError(here())).away) redirect(307, '/classroom/safety');
	const [list, own] = await orError(Promise.all([laptops(), classes()]));
	return { laptops: list.items ?? [], classes: own.items ?? [] };
};
