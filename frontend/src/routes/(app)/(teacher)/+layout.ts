import '#lib/words-staff.ts';
import { error } from '@sveltejs/kit';
import { hasRole } from '#lib/session.svelte.ts';

export const load = async ({ parent }) => {
	const { me } = await parent();
	if (!hasRole(me, 'teacher', 'module_teacher', 'invigilator', 'head', 'school_admin', 'admin'))
		error(403, { message: 'forbidden', code: 'forbidden' });
};
