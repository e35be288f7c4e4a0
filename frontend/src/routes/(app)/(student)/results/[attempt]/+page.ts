import { result } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, depends }) => {
	depends('app:result');
	return { result: await orError(result(params.attempt)) };
};
