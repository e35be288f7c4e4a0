// The words and signs of a board's cells and filters.
import { m } from '#paraglide/messages.js';
import type { BoardClass, BoardColumn, BoardRow, BoardTotals } from '../api/gradebook.ts';
import { SKILLS, type Skill } from '../api/types.ts';
import { date } from '../format.ts';
import { inLocale } from '../prefs.svelte.ts';
import { skillName } from '../words.ts';
import { linkName } from '../words-people.ts';

export interface CellView {
	sign: string;
	text: string;
	tone: 'ok' | 'warn' | 'none';
}
const NONE = (): CellView => ({ sign: '○', text: '–', tone: 'none' });

/** compact: a cell of a phone, which has room for five characters. */
export function cellOf(row: BoardRow, column: BoardColumn, compact = false): CellView {
	switch (column.kind) {
		case 'name':
			return { sign: '', text: row.name, tone: 'none' };
		case 'class':
			return { sign: '', text: row.class_name, tone: 'none' };
		case 'practice': {
			if (!row.practice) return NONE();
			const { right, asked } = row.practice;
			const done = right === asked;
			return {
				sign: done ? '●' : right > 0 ? '◐' : '○',
				text: `${right}/${asked}`,
				tone: done ? 'ok' : right > 0 ? 'warn' : 'none'
			};
		}
		case 'last_work':
			if (!row.last_work) return NONE();
			return {
				sign: '',
				text: compact ? date(row.last_work).slice(0, 5) : date(row.last_work),
				tone: 'none'
			};
		case 'certificate':
			if (!row.certificate) return NONE();
			return row.certificate.status === 'valid'
				? { sign: '●', text: m.cell_cert_valid(), tone: 'ok' }
				: { sign: '○', text: m.cell_cert_revoked(), tone: 'none' };
		case 'household': {
			const state = row.household?.state ?? 'none';
			if (state === 'none') return NONE();
			const sign = state === 'confirmed' ? '●' : state === 'claimed' ? '◐' : '○';
			const tone = state === 'confirmed' ? 'ok' : state === 'claimed' ? 'warn' : 'none';
			return { sign, text: linkName(state), tone };
		}
	}
	const cell = row.skills[column.code as Skill];
	if (cell?.state === 'passed') return { sign: '●', text: m.cell_passed(), tone: 'ok' };
	if (cell?.state !== 'learning') return NONE();
	const text =
		cell.best_percent === null
			? m.cell_learning({ done: cell.lessons_done, total: cell.lessons_total })
			: m.cell_percent({ percent: cell.best_percent });
	return { sign: '◐', text: cell.late ? `${text} · ${m.cell_late()}` : text, tone: 'warn' };
}

export function sumOf(totals: BoardTotals, column: BoardColumn): string {
	const of = (n: number) => `${n}/${totals.students}`;
	if (column.kind === 'name') return m.grade_sum({ n: totals.students });
	if (column.kind === 'certificate') return of(totals.certified);
	if (column.kind === 'household') return of(totals.links_confirmed);
	if (column.kind === 'practice') return `${totals.practice_right}/${totals.practice_asked}`;
	if (column.kind === 'skill') return of(totals.by_skill[column.code as Skill] ?? 0);
	return '';
}

export const headingOf = (column: BoardColumn) => inLocale(column.heading, column.heading_en);

/** Every filter that can be chosen, with its words. */
export function filterChoices(classes: BoardClass[]): { value: string; text: string }[] {
	const list = [
		{ value: 'certificate:missing', text: m.filter_no_certificate() },
		{ value: 'certificate:valid', text: m.grade_f_certified() },
		{ value: 'near:one', text: m.grade_f_near() },
		{ value: 'any:not_started', text: m.filter_not_started() },
		{ value: 'link:missing', text: m.filter_no_link() },
		{ value: 'link:claimed', text: m.grade_f_claimed() }
	];
	for (const skill of SKILLS) {
		const name = skillName(skill);
		list.push(
			{ value: `skill:${skill}:not_passed`, text: m.grade_f_not_passed({ skill: name }) },
			{ value: `skill:${skill}:passed`, text: m.grade_f_passed({ skill: name }) },
			{ value: `skill:${skill}:learning`, text: m.grade_f_learning({ skill: name }) },
			{ value: `skill:${skill}:not_started`, text: m.grade_f_idle({ skill: name }) }
		);
	}
	if (classes.length > 1)
		for (const one of classes)
			list.push({ value: `class:${one.id}`, text: m.board_title({ name: one.name }) });
	return list;
}
