// Words of coverage pages.
import { m } from '#paraglide/messages.js';
import type { Aim, Goal } from '../api/coverage.ts';
import { date, number } from '../format.ts';
import { skillName } from '../words.ts';
import type { View } from './view.ts';

export const aimName = (aim: Aim): string => (aim === 'all' ? m.cover_all() : skillName(aim));
export const viewName: Record<View, () => string> = {
	map: m.cover_view_map,
	scores: m.cover_view_scores,
	trend: m.cover_view_trend,
	schools: m.cover_view_schools,
	compare: m.cover_view_compare
};
/** Basis points as people write a share: "62,5 %". */
export const points = (basis: number): string => `${number(Math.round(basis / 10) / 10)}\u00a0%`;
/** "80 % số hộ đến 31/12/2026 (Kế hoạch 12, Phường Hà Tu)". */
export function goalText(goal: Goal): string {
	return goal.on
		? m.cover_goal_by({
				share: points(goal.share),
				date: date(goal.on),
				source: goal.area ? `${goal.source}, ${goal.area}` : goal.source
			})
		: m.cover_goal_standing({ share: points(goal.share), source: goal.source });
}
const GRADE: Record<string, () => string> = {
	A: m.cover_grade_a,
	B: m.cover_grade_b,
	C: m.cover_grade_c,
	D: m.cover_grade_d,
	E: m.cover_grade_e
};
export const gradeName = (grade: string | undefined): string =>
	(grade && GRADE[grade]?.()) || m.cover_grade_none();
