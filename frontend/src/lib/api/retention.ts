import { api, takeAs } from './client.ts';
import type { Page } from './types.ts';

export interface Period {
	key: string;
	months: number;
	own_months: number;
	from: 'event' | 'school_year';
	source: string;
	sure: boolean;
	before: string;
	tables: string[];
}
export interface RetentionRun {
	id: string;
	began_at: string;
	ended_at: string;
	erased: number;
	stubs: number;
	broken: number;
	failed: boolean;
	rows: Record<string, number>;
}
export interface Retention {
	periods: Period[];
	changes: {
		id: string;
		key: string;
		months: number;
		was: number;
		reason: string;
		by: string;
		at: string;
	}[];
	runs: RetentionRun[];
	next_run: string;
}
export interface RetentionCount {
	key: string;
	before: string;
	rows: Record<string, number>;
	held: Record<string, number>;
}
export const retention = () => takeAs<Retention>(api.GET('/retention'));
export const countRetention = () => takeAs<Page<RetentionCount>>(api.GET('/retention/counts'));
export const changePeriod = (
	key: string,
	body: { id: string; months: number; was: number; reason: string }
) => takeAs<Retention>(api.PUT('/retention/periods/{key}', { params: { path: { key } }, body }));
