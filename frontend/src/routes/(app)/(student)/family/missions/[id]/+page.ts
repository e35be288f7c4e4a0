import { error } from '@sveltejs/kit';
import { myMissions } from '#lib/api/family.ts';
import { scenarios } from '#lib/api/scenario.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export const load = async ({ params, depends }) => {
	depends('app:family');
	const seen = await orError(remember('family', myMissions));
	const mission = seen.data.items.find((one) => one.id === params.id);
	if (!mission) error(404, { message: 'not_found', code: 'not_found' });
	const course = mission.course_key;
	const list = await remember(`scenarios:${course}`, () => scenarios(course)).catch(() => null);
	return {
		mission,
		staleSince: seen.staleSince,
		scenario: list?.data.items.find((s) => s.key === mission.scenario_key) ?? null
	};
};
