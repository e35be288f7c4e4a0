import { api, takeAs } from './client.ts';
import type { RunDetail, RunHead } from './scenario.ts';

export interface ClassRun extends RunHead {
	person_id: string;
	name: string;
	/** Of the scenario as published now; empty when it is no more. */
	title: string;
	title_en: string;
}
export const classRuns = (id: string) =>
	takeAs<{ items: ClassRun[] }>(
		api.GET('/classes/{id}/scenario-runs', { params: { path: { id } } })
	);
export const classRun = (id: string, run: string) =>
	takeAs<RunDetail>(
		api.GET('/classes/{id}/scenario-runs/{run}', { params: { path: { id, run } } })
	);
