import { myMissions } from '#lib/api/family.ts';
import { scenarios, type ScenarioHead } from '#lib/api/scenario.ts';
import { home } from '#lib/api/student.ts';
import type { Skill } from '#lib/api/types.ts';
import { orError } from '#lib/load.ts';
import { remember } from '#lib/offline/remember.ts';

export interface Choice {
	course: string;
	skill: Skill;
	scenarios: ScenarioHead[];
	/** The list could not be had, and none was kept. */
	missing: boolean;
}

/** What can be taught: the scenarios of the pupil's own five courses. */
async function choices(): Promise<Choice[]> {
	const { skills } = (await remember('home', home)).data;
	return Promise.all(
		skills
			.filter((tile) => tile.course_key)
			.map(async ({ course_key: course, skill }) => {
				const seen = await remember(`scenarios:${course}`, () => scenarios(course)).catch(
					() => null
				);
				return { course, skill, scenarios: seen?.data.items ?? [], missing: !seen };
			})
	);
}

export const load = async ({ depends }) => {
	depends('app:family');
	const [seen, list] = await orError(
		Promise.all([remember('family', myMissions), choices().catch((): Choice[] => [])])
	);
	return { missions: seen.data.items, staleSince: seen.staleSince, choices: list };
};
