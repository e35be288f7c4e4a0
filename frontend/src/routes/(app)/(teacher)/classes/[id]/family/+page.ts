import { classSample } from '#lib/api/family.ts';
import { board } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params, depends }) => {
	depends('app:class-family');
	const [sample, b] = await orError(Promise.all([classSample(params.id), board(params.id)]));
	return { sample, klass: b.class };
};
