import { api, takeAs } from './client.ts';
import { save } from './save.ts';
import type { Skill } from './types.ts';

export interface Gain {
	pupils: number;
	households: number;
	after_link: number;
	skills: number;
}
export interface CurvePoint {
	pupils: number;
	households: number;
	alphabetical: number;
}
export interface Outlook extends Gain {
	alphabetical: number;
	confirm_only: number;
	candidates: number;
	reachable: number;
	curve: CurvePoint[];
}
export interface SchoolGain extends Gain {
	id: string;
	name: string;
}
export interface AreaPlan extends Outlook {
	registered: number;
	covered: number;
	needed: number;
	schools: SchoolGain[];
}
export interface Chosen {
	person_id: string;
	name: string;
	class_id: string;
	class_name: string;
	missing: Skill[];
	confirmed: boolean;
}
export interface SchoolPlan extends Outlook {
	school: { id: string; name: string };
	classes: SchoolGain[];
	students: Chosen[];
}

export const planArea = (code: string, query: { target?: number; pupils?: number } = {}) =>
	takeAs<AreaPlan>(api.GET('/areas/{code}/plan', { params: { path: { code }, query } }));
export const planSchool = (id: string, pupils?: number) =>
	takeAs<SchoolPlan>(
		api.GET('/schools/{id}/plan', { params: { path: { id }, query: pupils ? { pupils } : {} } })
	);
export const saveAreaPlan = (code: string, target?: number) =>
	save(
		`/areas/${encodeURIComponent(code)}/plan/file?format=xlsx${target ? `&target=${target}` : ''}`
	);
