import { error } from '@sveltejs/kit';
import { banks, drafts } from '#lib/api/banks.ts';
import { courses } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params }) => {
	const { bank: id } = params;
	if (!id) {
		const [all, list] = await orError(Promise.all([banks(), courses()]));
		return { banks: all, courses: list.items };
	}
	const [all, page] = await orError(Promise.all([banks(), drafts(id)]));
	const bank = all.items.find((b) => b.id === id);
	if (!bank) error(404, { message: 'not_found', code: 'not_found' });
	return { bank, page };
};
