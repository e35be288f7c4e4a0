import { schoolBoard } from '#lib/api/gradebook.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ depends }) => {
	depends('app:school-board');
	return { board: await orError(schoolBoard()) };
};
