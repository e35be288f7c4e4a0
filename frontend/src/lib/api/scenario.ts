import { api, takeAs } from './client.ts';
import type { Entry, Mode, Result, Scenario, Step } from '../scenario/types.ts';

export interface ScenarioHead {
	key: string;
	title: string;
	title_en: string;
	summary: string;
	summary_en: string;
	minutes: number;
	objective: string;
	hash: string;
	runs: number;
	best: { mode: Mode; percent: number; passed: boolean } | null;
	/** A run counts for the completion paper's rule. */
	alone_passed: boolean;
}
export interface NewRun {
	id: string;
	course_key: string;
	scenario_key: string;
	scenario_hash: string;
	mode: Mode;
	rewound: boolean;
	log: Entry[];
}
export interface RunHead {
	id: string;
	course_key: string;
	scenario_key: string;
	variant: string;
	mode: Mode;
	rewound: boolean;
	percent: number;
	passed: boolean;
	counts: boolean;
	finished_at: string;
}
export interface ScenarioRun extends RunHead {
	result: Result;
}
export interface RunDetail extends ScenarioRun {
	scenario: Scenario;
	log: Entry[];
	steps: Step[];
	intact: boolean;
}

export const scenarios = (course: string) =>
	takeAs<{ items: ScenarioHead[] }>(
		api.GET('/courses/{course}/scenarios', { params: { path: { course } } })
	);
/** hash: a version that was played before; without it the version of today. */
export const scenario = (course: string, key: string, hash?: string) =>
	takeAs<Scenario>(
		api.GET('/courses/{course}/scenarios/{scenario}', {
			params: { path: { course, scenario: key }, query: { hash } }
		})
	);
export const recordRun = (body: NewRun) =>
	takeAs<ScenarioRun>(api.POST('/scenario-runs', { body }));
export const myRuns = () => takeAs<{ items: RunHead[] }>(api.GET('/me/scenario-runs'));
export const myRun = (id: string) =>
	takeAs<RunDetail>(api.GET('/scenario-runs/{id}', { params: { path: { id } } }));
