import { error } from '@sveltejs/kit';
import { checkableSchools, checks } from '#lib/api/school.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ url, depends }) => {
	depends('app:school-ready');
	const { items } = await orError(checkableSchools());
	const asked = url.searchParams.get('school');
	const school = items.find(({ id }) => id === asked) ?? items[0];
	if (!school) error(403, { message: 'forbidden', code: 'forbidden' });
	const past = await orError(checks(school.id));
	return { school, schools: items, past: past.items };
};
