import type { View } from '../board.ts';
import { api, apiFetch, BASE, newId, takeAs } from './client.ts';
import { hand } from './save.ts';
import { ApiProblem } from './problem.ts';
import type { BoardStudent, Page, Skill } from './types.ts';

export interface BoardRow extends BoardStudent {
	class_id: string;
	class_name: string;
	name_rank: number;
	class_rank: number;
	/** Questions of banks; null when the pupil was given none. */
	practice: { asked: number; right: number } | null;
	/** The day of the last step in a lesson or quiz, or empty. */
	last_work: string;
}
export interface BoardTotals {
	students: number;
	certified: number;
	links_confirmed: number;
	by_skill: Partial<Record<Skill, number>>;
	practice_asked: number;
	practice_right: number;
}
export interface BoardClass {
	id: string;
	name: string;
	grade: number;
	school_year: string;
	school_id: string;
	school_name: string;
}
export interface BoardColumn {
	code: string;
	kind: 'name' | 'class' | 'skill' | 'certificate' | 'household' | 'practice' | 'last_work';
	heading: string;
	heading_en: string;
}
export interface Board {
	class: BoardClass | null;
	classes: BoardClass[];
	columns: BoardColumn[];
	students: BoardRow[];
	totals: BoardTotals;
	all: number;
}
export interface RecordSkill {
	skill: Skill;
	passed_at: string | null;
	lessons: {
		key: string;
		title: string;
		title_en: string;
		begun: boolean;
		done_at: string | null;
	}[];
	attempts: {
		id: string;
		percent: number | null;
		passed: boolean;
		state: 'open' | 'submitted' | 'closed';
		started_at: string;
		submitted_at: string | null;
		session: { id: string; class_name: string; opened_at: string } | null;
		release: '' | 'held' | 'waiting' | 'released';
		late: boolean;
	}[];
	runs: {
		id: string;
		title: string;
		title_en: string;
		percent: number;
		passed: boolean;
		finished_at: string;
	}[];
}
export interface ExportLine {
	id: string;
	made_at: string;
	maker: string;
	class_name: string;
	subject: string;
	kind: 'board' | 'report' | 'record' | 'session' | 'consent' | 'plan';
	format: 'xlsx' | 'csv' | 'pdf';
	row_count: number;
	named: boolean;
}

export const classBoard = (id: string) =>
	takeAs<Board>(api.GET('/classes/{id}/board', { params: { path: { id } } }));
export const schoolBoard = (grade?: number) =>
	takeAs<Board>(api.GET('/school-board', { params: { query: grade ? { grade } : {} } }));
export const studentRecord = (id: string, person: string, skill?: string) =>
	takeAs<{ skills: RecordSkill[] }>(
		api.GET('/classes/{id}/students/{person}/record', {
			params: { path: { id, person }, query: skill ? { skill } : {} }
		})
	);
export const exportLog = () => takeAs<Page<ExportLine>>(api.GET('/exports'));

export interface FileWish {
	format: 'xlsx' | 'csv' | 'pdf';
	delimiter?: 'comma' | 'semicolon';
	anonymous?: boolean;
	persons?: string[];
}

/** Has the server make a file and hands it to the browser's downloads. */
export async function makeFile(path: string, wish: FileWish, view?: View): Promise<void> {
	const body = {
		id: newId(),
		...wish,
		...(view
			? { filters: view.filters, sort: view.sort, desc: view.desc, q: view.q, hide: view.hide }
			: {})
	};
	const reply = await apiFetch(
		new Request(new URL(BASE + path, location.origin), {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify(body)
		})
	);
	if (!reply.ok) {
		const problem = (await reply.json().catch(() => ({}))) as Record<string, unknown>;
		throw new ApiProblem(reply.status, problem);
	}
	await hand(reply);
}
