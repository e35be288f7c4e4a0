// Lists of pupils: in with a preview, taken back, out for other programs.
import { api, apiFetch, BASE, take } from './client.ts';
import { ApiProblem } from './problem.ts';
import { save } from './save.ts';

export type RowKind = 'new' | 'changed' | 'moved' | 'left' | 'unchanged' | 'error' | 'skipped';
export interface RowProblem {
	sheet?: string;
	row: number;
	column: string;
	reason: string;
}
export interface RosterChange {
	sheet?: string;
	/** 0 for a pupil whom the file does not name. */
	row: number;
	kind: 'new' | 'changed' | 'moved' | 'left';
	name: string;
	class: string;
	from_class: string;
	other_school: boolean;
	fields: {
		field: 'full_name' | 'birth_date' | 'gender' | 'school_code';
		old: string;
		new: string;
	}[];
}
export interface PreviewRow {
	sheet?: string;
	row: number;
	kind: RowKind;
	cells: { column: string; value: string; reason?: string }[];
}
export interface RosterReport {
	dry_run: boolean;
	written: boolean;
	already: boolean;
	import_id: string | null;
	rows: number;
	new: number;
	changed: number;
	moved: number;
	left: number;
	unchanged: number;
	error_count: number;
	errors: RowProblem[];
	skipped: RowProblem[];
	new_classes: string[];
	dropped_columns: string[];
	changes: RosterChange[];
	preview: PreviewRow[];
	plan: string;
}
export interface RosterImport {
	id: string;
	imported_at: string;
	by_name: string;
	new: number;
	changed: number;
	left: number;
	undone_at: string | null;
	undo_until: string | null;
}
export interface Undone {
	restored: number;
	already: boolean;
	kept: {
		person_id: string;
		full_name: string;
		reason: 'has_work' | 'has_account' | 'changed_since';
	}[];
	kept_classes: string[];
}
export interface Progress {
	stage: 'read' | 'compare' | 'write';
	done: number;
	total: number;
}
/** A class, or a whole school. */
export interface Scope {
	kind: 'class' | 'school';
	id: string;
}
export interface Options {
	id: string;
	dryRun: boolean;
	complete: boolean;
	goodRows?: boolean;
	expect?: string;
	year?: string;
}

const base = ({ kind, id }: Scope) => `/${kind === 'class' ? 'classes' : 'schools'}/${id}`;

/** Sends the file; the same code on the server counts and writes. */
export async function sendRoster(
	scope: Scope,
	file: File,
	options: Options,
	signal: AbortSignal
): Promise<RosterReport> {
	const query = new URLSearchParams({
		dry_run: String(options.dryRun),
		complete: String(options.complete),
		good_rows_only: String(!!options.goodRows),
		import_id: options.id
	});
	if (options.expect) query.set('expect', options.expect);
	if (options.year) query.set('school_year', options.year);
	const form = new FormData();
	form.append('file', file);
	const url = new URL(`${BASE}${base(scope)}/rosters?${query}`, location.origin);
	const reply = await apiFetch(new Request(url, { method: 'POST', body: form, signal }));
	const body = (await reply.json().catch(() => ({}))) as Record<string, unknown>;
	if (!reply.ok) throw new ApiProblem(reply.status, body);
	return body as unknown as RosterReport;
}

export const progress = (id: string) =>
	take(api.GET('/roster-imports/{id}/progress', { params: { path: { id } } })) as Promise<Progress>;
export const undoImport = (id: string) =>
	take(
		api.POST('/roster-imports/{id}/undo', { params: { path: { id } } })
	) as unknown as Promise<Undone>;
export async function imports({ kind, id }: Scope): Promise<RosterImport[]> {
	const at = { params: { path: { id } } };
	const list =
		kind === 'class'
			? await take(api.GET('/classes/{id}/roster-imports', at))
			: await take(api.GET('/schools/{id}/roster-imports', at));
	return (list as unknown as { items: RosterImport[] }).items;
}

export const template = () => save('/roster-template');

export type Version = '1.1' | '1.2';
export interface Bundle {
	pupils: number;
	classes: number;
	left_out: { full_name: string; class: string; reason: string }[];
}
export async function bundleReport({ kind, id }: Scope, version: Version): Promise<Bundle> {
	const at = { params: { path: { id }, query: { version } } };
	const report =
		kind === 'class'
			? await take(api.GET('/classes/{id}/oneroster', at))
			: await take(api.GET('/schools/{id}/oneroster', at));
	return report as unknown as Bundle;
}
export const bundle = (scope: Scope, version: Version) =>
	save(`${base(scope)}/oneroster.zip?version=${version}`);
