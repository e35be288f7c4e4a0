import { api, newId, take, takeAs } from './client.ts';
import type * as T from './types.ts';
import type { RoleGrant, RoleName } from './types.ts';

export interface NewRole {
	role: RoleName;
	scope_kind: RoleGrant['scope_kind'];
	scope_id: string | null;
	/** Of a module teacher: the one course it is for. */
	course_key?: string;
}
const at = (id: string) => ({ params: { path: { id } } });

export const accounts = (query: { q?: string; role?: RoleName; cursor?: string }) =>
	takeAs<T.Page<T.Account>>(api.GET('/accounts', { params: { query } }));
export const createAccount = (body: {
	username?: string;
	display_name: string;
	password: string;
	roles: NewRole[];
}) => takeAs<T.Account>(api.POST('/accounts', { body: { id: newId(), ...body } }));
export const setRoles = (id: string, roles: NewRole[]) =>
	take(
		api.PUT('/accounts/{id}/roles', {
			...at(id),
			body: { roles }
		})
	);
export const resetPassword = (id: string) =>
	take(api.POST('/accounts/{id}/password-reset', at(id)));
export const requireSecondFactor = (id: string, required: boolean) =>
	take(api.PUT('/accounts/{id}/second-factor', { ...at(id), body: { required } }));
export const disable = (id: string) => take(api.POST('/accounts/{id}/disabling', at(id)));
export const enable = (id: string) => take(api.POST('/accounts/{id}/enabling', at(id)));
export const unlock = (id: string) => take(api.POST('/accounts/{id}/unlocking', at(id)));
export const resetSecondFactor = (id: string) =>
	take(api.POST('/accounts/{id}/second-factor-reset', at(id)));
export const schools = (q: string) => take(api.GET('/schools', { params: { query: { q } } }));
export const schoolClasses = (id: string) => take(api.GET('/schools/{id}/classes', at(id)));
