// Words of months and their sign-off; importing this adds those of the refusals.
import { m } from '#paraglide/messages.js';
import { addWords } from '../api/problem.ts';
import type { Aim } from '../api/coverage.ts';
import type { BySkill, MonthPage, MonthState, Stocks } from '../api/signoff.ts';
import { explainHref, lastDay, type FigureName } from '../coverage/explain.ts';
import { SKILLS } from '../api/types.ts';
import { number } from '../format.ts';
import { skillName } from '../words.ts';
import { alert, check, clock, info, key, list } from '../ui/icons.ts';

addWords(
	{
		month_not_over: m.so_refused_not_over,
		month_locked: m.so_refused_locked,
		later_month_locked: m.so_refused_later_locked,
		month_before_open: m.so_refused_before_open,
		children_not_ready: m.so_refused_children,
		figures_changed: m.so_refused_changed,
		not_approved: m.so_refused_not_approved,
		nothing_to_lock: m.so_refused_nothing,
		already_unlocked: m.so_refused_unlocked
	},
	{}
);

/** "2026-10" → "tháng 10/2026". */
export const monthName = (month: string): string =>
	m.so_month({ month: String(Number(month.slice(5))), year: month.slice(0, 4) });

const STATE: Record<MonthState, () => string> = {
	nothing: m.so_state_nothing,
	running: m.so_state_running,
	waiting: m.so_state_waiting,
	open: m.so_state_open,
	approved: m.so_state_approved,
	changed: m.so_state_changed,
	returned: m.so_state_returned,
	locked: m.so_state_locked,
	before: m.so_state_before
};
export const stateName = (state: MonthState): string => STATE[state]?.() ?? state;
export const stateIcon = (state: MonthState): string =>
	({ approved: check, locked: key, changed: alert, returned: alert, open: list, nothing: info })[
		state as string
	] ?? clock;
export const stateTone = (state: MonthState): string =>
	({ approved: 'ok', locked: 'ok', changed: 'warn', returned: 'warn' })[state as string] ?? '';

/** figure: what the ledger can explain of an area. */
export const STOCKS: { key: keyof Stocks; name: () => string; figure?: FigureName }[] = [
	{ key: 'households', name: m.so_households, figure: 'households' },
	{ key: 'known', name: m.so_known, figure: 'known' },
	{ key: 'covered', name: m.so_covered, figure: 'covered' },
	{ key: 'pupils', name: m.so_pupils },
	{ key: 'certified', name: m.so_certified },
	{ key: 'passes', name: m.so_passes }
];
/** A unit's own figures: a school has no households, a village no pupils. */
export const stocksOf = (kind: string) =>
	STOCKS.filter((stock, i) => (kind === 'school' ? i >= 3 : kind === 'village' ? i < 3 : stock));

/** Where a figure of an area's month comes from: of a locked month as it was known when it was locked. */
export function unitWhy(of: MonthPage, code: string, figure: FigureName, aim: Aim = 'all'): string {
	const on = of.state === 'running' ? '' : lastDay(of.month);
	const seen = of.locks.find((lock) => !lock.unlocked_at)?.locked_at ?? '';
	return explainHref(code, figure, { on, seen, aim });
}

/** "+3.000", "−12", "0", with a real minus sign. */
export const gained = (value: number): string =>
	`${value > 0 ? '+' : value < 0 ? '−' : ''}${number(Math.abs(value))}`;

/** A difference in words, "+3 hộ đạt, −1 học sinh"; empty for none. */
export function difference(of: Stocks, skills: BySkill | null = null): string {
	const stocks = STOCKS.filter((stock) => of[stock.key] !== 0).map(
		(stock) => `${gained(of[stock.key])} ${stock.name().toLocaleLowerCase('vi')}`
	);
	const bySkill = SKILLS.filter((skill) => skills?.[skill]).map((skill) =>
		m.so_skill_gained({ count: gained(skills?.[skill] ?? 0), skill: skillName(skill) })
	);
	return [...stocks, ...bySkill].join(', ');
}
/** How many units below are ready, of those that sign anything. */
export function readiness(children: { state: MonthState | '' }[]): { ready: number; all: number } {
	const sign = children.filter((child) => child.state && child.state !== 'nothing');
	const ready = sign.filter((child) => child.state === 'approved' || child.state === 'locked');
	return { ready: ready.length, all: sign.length };
}
export const ofAll = (part: number, all: number): string => `${number(part)}/${number(all)}`;
