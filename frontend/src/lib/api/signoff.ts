import { api, newId, takeAs } from './client.ts';
import type { Skill } from './types.ts';

export type MonthState =
	| 'nothing'
	| 'running'
	| 'waiting'
	| 'open'
	| 'approved'
	| 'changed'
	| 'returned'
	| 'locked'
	| 'before';
export interface Stocks {
	households: number;
	known: number;
	covered: number;
	pupils: number;
	certified: number;
	passes: number;
}
export type BySkill = Record<Skill, number>;
export interface MonthUnit extends Stocks {
	/** Households by skill; null for a school, and in a month locked before they were counted. */
	skills: BySkill | null;
	id: string;
	kind: 'province' | 'commune' | 'village' | 'school';
	code: string;
	name: string;
	digest: string;
}
export interface MonthName {
	id: string;
	kind: MonthUnit['kind'];
	code: string;
	name: string;
	state: MonthState;
}
export interface MonthChild extends MonthUnit {
	state: MonthState | '';
	approved: Stocks | null;
	by: string;
	at: string | null;
	missing: MonthName[];
}
export interface MonthStep extends Stocks {
	id: string;
	seq: number;
	kind: 'approved' | 'returned';
	on_behalf: boolean;
	reason: string;
	by: string;
	role: string;
	at: string;
	hash: string;
}
export interface MonthLock {
	id: string;
	seq: number;
	root: string;
	locked_by: string;
	locked_at: string;
	unlocked_by: string;
	unlocked_at: string | null;
	unlock_reason: string;
}
export interface MonthPage {
	month: string;
	unit: MonthUnit;
	province_code: string;
	state: MonthState;
	before: Stocks;
	approved: Stocks | null;
	late: Stocks | null;
	since: Stocks | null;
	skills: { before: BySkill | null; late: BySkill | null; since: BySkill | null };
	children: MonthChild[];
	steps: MonthStep[];
	locks: MonthLock[];
	may: { approve: boolean; on_behalf: boolean; return: boolean; lock: boolean; unlock: boolean };
}
export interface MonthLine {
	month: string;
	state: MonthState;
	figures: Stocks | null;
	locked_at: string | null;
	locked_by: string;
	unlocked: number;
}
export interface Months {
	unit: MonthUnit;
	months: MonthLine[];
}
export interface MonthWaiting {
	unit: MonthUnit;
	month: string;
	state: MonthState;
}

/** A school stands in an address by its id, an area by its code. */
export const isSchool = (place: string): boolean => place.length === 36;
export const placeOf = (unit: { kind: string; id: string; code: string }): string =>
	unit.kind === 'school' ? unit.id : unit.code;

export const monthsWaiting = async (): Promise<MonthWaiting[]> =>
	(await takeAs<{ items: MonthWaiting[] }>(api.GET('/months/waiting'))).items;

export const months = (place: string) =>
	isSchool(place)
		? takeAs<Months>(api.GET('/schools/{id}/months', { params: { path: { id: place } } }))
		: takeAs<Months>(api.GET('/areas/{code}/months', { params: { path: { code: place } } }));

export const month = (place: string, of: string) =>
	isSchool(place)
		? takeAs<MonthPage>(
				api.GET('/schools/{id}/months/{month}', { params: { path: { id: place, month: of } } })
			)
		: takeAs<MonthPage>(
				api.GET('/areas/{code}/months/{month}', { params: { path: { code: place, month: of } } })
			);

export interface Signing {
	kind: 'approved' | 'returned';
	digest?: string;
	reason?: string;
}
export function sign(place: string, of: string, step: Signing): Promise<MonthPage> {
	const body = { id: newId(), ...step };
	return isSchool(place)
		? takeAs<MonthPage>(
				api.POST('/schools/{id}/months/{month}/steps', {
					params: { path: { id: place, month: of } },
					body
				})
			)
		: takeAs<MonthPage>(
				api.POST('/areas/{code}/months/{month}/steps', {
					params: { path: { code: place, month: of } },
					body
				})
			);
}
const inPath = (code: string, of: string) => ({ params: { path: { code, month: of } } });
export const lockMonth = (code: string, of: string, digest: string) =>
	takeAs<MonthPage>(
		api.POST('/areas/{code}/months/{month}/lock', {
			...inPath(code, of),
			body: { id: newId(), digest }
		})
	);
export const unlockMonth = (code: string, of: string, lock_id: string, reason: string) =>
	takeAs<MonthPage>(
		api.POST('/areas/{code}/months/{month}/unlocking', {
			...inPath(code, of),
			body: { lock_id, reason }
		})
	);
