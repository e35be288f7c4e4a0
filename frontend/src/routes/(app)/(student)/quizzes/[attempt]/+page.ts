import { redirect } from '@sveltejs/kit';
import { attempt } from '#lib/api/student.ts';
import { answerStore, kept } from '#lib/offline/db.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async ({ params }) => {
	const id = params.attempt;
	const seen = await orError(remember(`attempt:${id}`, () => attempt(id)));
	// Submitted elsewhere, or out of time: the result says what was counted.
	if (seen.data.state !== 'open') redirect(307, `/results/${id}`);
	const held = (await kept(`submit:${id}`).catch(() => null)) !== null;
	const unsent = await answerStore.all(id).catch(() => []);
	const position = await kept<number>(`position:${id}`).catch(() => null);
	return {
		attempt: seen.data,
		held,
		fromDevice: seen.staleSince !== null,
		// The place on this device is newer whenever answers wait here.
		slot: (seen.staleSince || unsent.length > 0 ? position?.value : null) ?? seen.data.current_slot
	};
};
