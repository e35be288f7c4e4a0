// Coverage pages: figures of any day under the map of any day, trend, targets, schools.
import { api, take, takeAs } from './client.ts';
import type {
	Coverage as BasePage,
	CoverageChild as BaseChild,
	Count,
	Page,
	Skill
} from './types.ts';

export type Aim = 'all' | Skill;
export interface SkillCount extends Count {
	skills: Record<Skill, number>;
}
export type Grades = Partial<Record<Aim, string>>;
export interface Child extends BaseChild, SkillCount {
	grades: Grades;
}
export interface Goal {
	skill: Aim;
	/** Basis points of the households on the register. */
	share: number;
	/** Empty for the standing goal of every household. */
	on: string;
	source: string;
	area: string;
}
export interface CoveragePage extends BasePage, SkillCount {
	/** Empty: now. */
	on: string;
	map: string;
	goals: Goal[];
	grades: Grades;
	children: Child[];
	unplaced: SkillCount;
}
export interface TrendPoint extends SkillCount {
	on: string;
}
export interface Forecast {
	on: string;
	low: number;
	mid: number;
	high: number;
	slow_week: number;
	typical_week: number;
	good_week: number;
	reached: string | null;
}
export interface Trend {
	area: { code: string; name: string; level: string; kind: string };
	skill: Aim;
	points: TrendPoint[];
	goal: Goal;
	goal_at: number;
	forecast: Forecast | null;
}
export interface Target {
	id: string;
	area_code: string;
	area_name: string;
	skill: Aim;
	on: string;
	share: number;
	source: string;
	set_by: string;
	set_at: string;
	mine: boolean;
}
export interface SchoolShare {
	code: string;
	name: string;
	commune: string;
	pupils: number;
	households: number;
	covered: number;
	elsewhere: number;
}
/** The days asked for: of the figures, and of the map. */
export interface Days {
	on?: string;
	map?: string;
}

export const coveragePage = (code: string, days: Days) =>
	takeAs<CoveragePage>(
		api.GET('/areas/{code}/coverage', { params: { path: { code }, query: days } })
	);
export const trendOf = (code: string, days: Days, skill: Aim) =>
	takeAs<Trend>(
		api.GET('/areas/{code}/coverage/trend', {
			params: { path: { code }, query: { ...days, skill } }
		})
	);
export const schoolsOf = (code: string, basis: 'residence' | 'school') =>
	takeAs<{ basis: string; counted_at: string; schools: SchoolShare[] }>(
		api.GET('/areas/{code}/coverage/schools', { params: { path: { code }, query: { basis } } })
	);
export const targetsOf = (code: string) =>
	takeAs<Page<Target>>(api.GET('/areas/{code}/coverage/targets', { params: { path: { code } } }));
export const setTarget = (
	code: string,
	body: { id: string; skill: Aim; on: string; share: number; source: string }
) => take(api.POST('/areas/{code}/coverage/targets', { params: { path: { code } }, body }));
export const endTarget = (id: string) =>
	take(api.DELETE('/coverage-targets/{id}', { params: { path: { id } } }));
