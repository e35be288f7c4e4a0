import { myRun } from '#lib/api/scenario.ts';
import { orError } from '#lib/load.ts';
import { remember, type Seen } from '#lib/offline/remember.ts';
import type { RunDetail } from '#lib/api/scenario.ts';
import { ownRun } from '#lib/scenario/own.ts';

/** The server's record; without it, or before it is there, what lies on this device. */
async function runOf(id: string): Promise<Seen<RunDetail> & { local: boolean }> {
	try {
		return { ...(await remember(`watched:${id}`, () => myRun(id))), local: false };
	} catch (error) {
		const own = await ownRun(id);
		if (!own) throw error;
		return { data: own, staleSince: null, local: true };
	}
}

export const load = async ({ params }) => {
	const [stage, seen] = await orError(
		Promise.all([import('#lib/scenario/stage.ts'), runOf(params.run)])
	);
	return { stage, run: seen.data, staleSince: seen.staleSince, local: seen.local };
};
