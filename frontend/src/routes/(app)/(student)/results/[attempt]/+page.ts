import { asProblem } from '#lib/api/problem.ts';
import { result } from '#lib/api/student.ts';
import type { Result } from '#lib/api/types.ts';
import { answerStore, kept } from '#lib/offline/db.ts';
import { remember, type Seen } from '#lib/offline/remember.ts';
import { orError } from '#lib/load.ts';

/** null: the quiz itself is still on this device. */
async function seen(id: string): Promise<Seen<Result> | null> {
	try {
		return await remember(`result:${id}`, () => result(id));
	} catch (error) {
		const waits =
			(await kept(`submit:${id}`).catch(() => null)) !== null ||
			(await answerStore.all(id).catch(() => [])).length > 0;
		if (waits && ['offline', 'unavailable', 'not_submitted'].includes(asProblem(error).code))
			return null;
		throw error;
	}
}
export const load = async ({ params, depends }) => {
	depends('app:result');
	const found = await orError(seen(params.attempt));
	return {
		attempt: params.attempt,
		result: found?.data ?? null,
		staleSince: found?.staleSince ?? null
	};
};
