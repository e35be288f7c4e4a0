// A school's year: figures, to-do list, staff, roll-over, transfers, leavers, the network check.
import { api, newId, take, takeAs } from './client.ts';
import type { components } from './schema';
import type { Page, RoleName } from './types.ts';
import { uploadFile } from './upload.ts';

type S = components['schemas'];
export type Overview = S['SchoolOverview'];
export type Todo = S['SchoolTodo'];
export type Pupil = S['SchoolPupil'];
export type Staff = S['StaffMember'];
export type Invitation = S['InvitationRow'];
export type StaffCard = S['StaffCard'];
export type Proposal = S['SchoolProposal'];
export type Rollover = S['SchoolRollOverReport'];
export type Transfers = S['SchoolTransfers'];
export type Offer = S['SchoolOffer'];
export type TakenIn = S['SchoolTakenIn'];
export type Leaver = S['SchoolLeaver'];
export type Check = S['SchoolCheck'];
export type Measured = S['SchoolMeasured'];
export type LeaveReason = 'graduated' | 'transferred' | 'moved_away' | 'stopped' | 'other';
export type StaffRoleName = 'teacher' | 'module_teacher' | 'invigilator' | 'head' | 'school_admin';
export const STAFF_ROLES: StaffRoleName[] = [
	'teacher',
	'module_teacher',
	'invigilator',
	'head',
	'school_admin'
];
export const LEAVE_REASONS: LeaveReason[] = [
	'transferred',
	'moved_away',
	'stopped',
	'graduated',
	'other'
];

const at = (id: string) => ({ params: { path: { id } } });

export const overview = (id: string) => takeAs<Overview>(api.GET('/schools/{id}/overview', at(id)));
export const todo = (id: string, lang: string) =>
	takeAs<Page<Todo>>(
		api.GET('/schools/{id}/todo', { params: { path: { id }, query: { lang } as never } })
	);
export const putOff = (id: string, key: string, days: number) =>
	take(api.PUT('/schools/{id}/todo/{key}/rest', { params: { path: { id, key } }, body: { days } }));
export const pupils = (id: string, of: string) =>
	takeAs<Page<Pupil>>(
		api.GET('/schools/{id}/pupils', { params: { path: { id }, query: { class: of } } })
	);

export const staff = (id: string) => takeAs<Page<Staff>>(api.GET('/schools/{id}/staff', at(id)));
export interface NewRole {
	account_id: string;
	role: StaffRoleName;
	class_id: string | null;
	from: string;
	last_day: string;
	course_key?: string;
}
export const delegate = (id: string, body: NewRole) =>
	take(api.POST('/schools/{id}/delegations', { ...at(id), body: { id: newId(), ...body } }));
export const setHomeroom = (klass: string, account_id: string, from: string) =>
	take(api.PUT('/classes/{id}/homeroom-teacher', { ...at(klass), body: { account_id, from } }));
export const endRole = (id: string, role: string) =>
	take(api.DELETE('/schools/{id}/staff-roles/{role}', { params: { path: { id, role } } }));
export const leaveStaff = (id: string, account: string) =>
	take(api.POST('/schools/{id}/staff/{account}/leaving', { params: { path: { id, account } } }));
export const invite = (id: string, rows: Invitation[]) =>
	takeAs<Page<StaffCard>>(
		api.POST('/schools/{id}/staff-invitations', { ...at(id), body: { rows } })
	);
export const readStaffSheet = (id: string, file: File) =>
	uploadFile<Page<Invitation>>(`/schools/${id}/staff-sheets`, file, {});

export interface PupilException {
	person_id: string;
	what: 'repeat' | 'move' | 'leave' | 'stay';
	to?: string;
	reason?: LeaveReason;
}
export interface RolloverPlan {
	id: string;
	from_year: string;
	on: string;
	classes: { class_id: string; to: string; skip: boolean }[];
	exceptions: PupilException[];
	carry_teachers: boolean;
}
export const proposal = (id: string, year: string) =>
	takeAs<Proposal>(
		api.GET('/schools/{id}/rollover', { params: { path: { id }, query: year ? { year } : {} } })
	);
export const rollovers = (id: string) =>
	takeAs<Page<Rollover>>(api.GET('/schools/{id}/rollovers', at(id)));
export const rollOver = (id: string, body: RolloverPlan, dry_run: boolean) =>
	takeAs<Rollover>(
		api.POST('/schools/{id}/rollovers', { params: { path: { id }, query: { dry_run } }, body })
	);
export const undoRollover = (id: string, rollover: string) =>
	takeAs<Rollover>(
		api.POST('/schools/{id}/rollovers/{rollover}/undoing', { params: { path: { id, rollover } } })
	);

export const leavers = (id: string, unexplained: boolean) =>
	takeAs<Page<Leaver>>(
		api.GET('/schools/{id}/leavers', { params: { path: { id }, query: { unexplained } } })
	);
export const recordLeaving = (id: string, person_id: string, reason: LeaveReason, on: string) =>
	take(api.POST('/schools/{id}/leavers', { ...at(id), body: { person_id, reason, on } }));

export const transfers = (id: string) =>
	takeAs<Transfers>(api.GET('/schools/{id}/transfers', at(id)));
export interface Ask {
	class_id: string;
	name: string;
	birth_date: string;
	ministry_code: string;
}
export const askTransfer = (id: string, body: Ask) =>
	take(api.POST('/schools/{id}/transfers', { ...at(id), body: { id: newId(), ...body } }));
const onTransfer = (id: string, transfer: string) => ({ params: { path: { id, transfer } } });
export const release = (id: string, transfer: string) =>
	take(api.POST('/schools/{id}/transfers/{transfer}/release', onTransfer(id, transfer)));
export const refuse = (id: string, transfer: string) =>
	take(api.POST('/schools/{id}/transfers/{transfer}/refusal', onTransfer(id, transfer)));
export const withdraw = (id: string, transfer: string) =>
	take(api.POST('/schools/{id}/transfers/{transfer}/withdrawal', onTransfer(id, transfer)));
export const offerTransfer = (id: string, person_id: string) =>
	takeAs<Offer>(api.POST('/schools/{id}/transfer-codes', { ...at(id), body: { person_id } }));
export const redeemTransfer = (id: string, code: string, class_id: string) =>
	takeAs<TakenIn>(
		api.POST('/schools/{id}/transfer-redemptions', { ...at(id), body: { code, class_id } })
	);

export const checkableSchools = () =>
	takeAs<Page<{ id: string; name: string }>>(api.GET('/school-checks/schools'));
export const checks = (id: string) => takeAs<Page<Check>>(api.GET('/schools/{id}/checks', at(id)));
export const keepCheck = (id: string, measured: Measured) =>
	takeAs<Check>(api.POST('/schools/{id}/checks', { ...at(id), body: { id: newId(), measured } }));
export const probe = (id: string, slot: number, payload: string) =>
	take(
		api.PUT('/schools/{id}/probes/{slot}', {
			params: { path: { id, slot } },
			body: { payload }
		})
	);
export const isStaffRole = (role: RoleName): role is StaffRoleName =>
	(STAFF_ROLES as RoleName[]).includes(role);
