import { household } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ depends }) => {
	depends('app:household');
	return { mine: await orError(household()) };
};
