// Registers as jobs, likely duplicates, merges and splits, households by school age.
import { api, newId, take, takeAs } from './client.ts';
import type { Household, HouseholdStatus, Page } from './types.ts';
import { save } from './save.ts';
import { uploadFile } from './upload.ts';

export type JobState =
	'receiving' | 'checking' | 'ready' | 'writing' | 'done' | 'failed' | 'cancelled';
export interface RowProblem {
	sheet?: string;
	row: number;
	column: string;
	reason: string;
	/** Names of places that the cell could mean instead. */
	hint?: string;
	/** The earlier row of the file that this one contradicts. */
	beside?: number;
}
export interface CommuneRows {
	code: string;
	name: string;
	households: number;
	new: number;
	changed: number;
	unchanged: number;
	left_out: number;
}
export interface SampleRow {
	row: number;
	ref: string;
	commune: string;
	village: string;
	head: string;
	members: number;
	state: 'new' | 'changed' | 'unchanged' | 'left_out';
}
export interface JobReport {
	rows: number;
	households: number;
	new: number;
	changed: number;
	unchanged: number;
	missing: number;
	left_out: number;
	written: boolean;
	error_count: number;
	errors: RowProblem[];
	communes: CommuneRows[];
	replaced: { name: string; until: string; successors: string[] }[];
	reused: { code: string; now: string; before: string }[];
	sample: SampleRow[];
}
export interface RegisterJob {
	id: string;
	state: JobState;
	file_name: string;
	file_size: number;
	source: string;
	as_of: string;
	map_on: string;
	successors: boolean;
	local_codes: boolean;
	good_rows: boolean;
	/** Rows read while checking, households written while writing. */
	done: number;
	total: number;
	report: JobReport | null;
	failure: { code: string; fields: { location: string; code: string }[] } | null;
	created_at: string;
	finished_at: string | null;
}

const byId = (id: string) => ({ params: { path: { id } } });
const at = (code: string) => ({ params: { path: { code } } });

export const startJob = (file: File, about: Record<string, string>) =>
	uploadFile<RegisterJob>('/household-register-jobs', file, { id: newId(), ...about });
export const jobs = () => takeAs<Page<RegisterJob>>(api.GET('/household-register-jobs'));
export const job = (id: string) =>
	takeAs<RegisterJob>(api.GET('/household-register-jobs/{id}', byId(id)));
export const writeJob = (id: string, good_rows: boolean) =>
	takeAs<RegisterJob>(
		api.POST('/household-register-jobs/{id}/start', { ...byId(id), body: { good_rows } })
	);
export const recheckJob = (id: string, body: { successors: boolean; map_on?: string }) =>
	takeAs<RegisterJob>(api.POST('/household-register-jobs/{id}/check', { ...byId(id), body }));
export const cancelJob = (id: string) =>
	takeAs<RegisterJob>(api.POST('/household-register-jobs/{id}/cancel', byId(id)));

export type PairState = 'open' | 'not_duplicate' | 'merged';
export interface PairSide {
	id: string;
	code: string;
	ref: string;
	head_name: string;
	village_code: string;
	village: string;
	commune: string;
	since: string;
	source: string;
	as_of: string;
	members: string[];
	confirmed: number;
	status: HouseholdStatus;
}
export interface Pair {
	id: string;
	score: number;
	reasons: string[];
	state: PairState;
	decided_by: string | null;
	decided_at: string | null;
	merge_id: string | null;
	a: PairSide;
	b: PairSide;
}
export interface PairPage {
	items: Pair[];
	next_cursor: string | null;
	open: number;
	scan: { households: number; found: number; scanned_at: string } | null;
}
export const duplicates = (code: string, state: PairState, cursor?: string) =>
	takeAs<PairPage>(
		api.GET('/areas/{code}/duplicates', {
			params: { path: { code }, query: { state, limit: 20, ...(cursor ? { cursor } : {}) } }
		})
	);
export const findDuplicates = (code: string) =>
	take(api.POST('/areas/{code}/duplicate-scan', at(code)));
export const decidePair = (id: string, open: boolean) =>
	takeAs<Pair>(api.POST('/household-duplicates/{id}/decision', { ...byId(id), body: { open } }));

export interface MergeWish {
	/** Made once for each wish, so that sending it twice merges once. */
	id: string;
	gone_id?: string;
	gone_code?: string;
	home?: 'kept' | 'gone';
	reason?: string;
}
export const mergeHouseholds = (kept: string, body: MergeWish) =>
	takeAs<Household>(api.POST('/households/{id}/merge', { ...byId(kept), body }));
export const undoMerge = (merge: string, reason: string) =>
	takeAs<Household>(
		api.POST('/household-merges/{id}/undo', { ...byId(merge), body: reason ? { reason } : {} })
	);
export interface SplitWish {
	id: string;
	head_name: string;
	village_code?: string;
	on: string;
	links: string[];
	members: string[];
	reason: string;
}
export const splitHousehold = (from: string, body: SplitWish) =>
	takeAs<Household>(api.POST('/households/{id}/split', { ...byId(from), body }));
export const board = (link: string, since: string) =>
	take(api.POST('/household-links/{id}/boarding', { ...byId(link), body: { since } }));

export interface VillagePupils {
	code: string;
	name: string;
	yes: number;
	no: number;
	no_covered: number;
	unknown: number;
}
export const bySchoolAge = (code: string) =>
	takeAs<Page<VillagePupils>>(api.GET('/areas/{code}/school-age', at(code)));
export const saveBySchoolAge = (code: string, pupils: string) =>
	save(`/areas/${code}/school-age.xlsx${pupils ? `?pupils=${pupils}` : ''}`);
