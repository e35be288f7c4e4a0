import { orError } from '#lib/load.ts';
import { closingSheet } from '#lib/api/monitor.ts';

export const load = async ({ params, depends }) => {
	depends('app:closing');
	return { sheet: await orError(closingSheet(params.id)) };
};
