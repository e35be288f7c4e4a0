import { api, take, takeAs } from './client.ts';
import type * as T from './types.ts';

const at = (code: string) => ({ params: { path: { code } } });
const byId = (id: string) => ({ params: { path: { id } } });

export const coverage = (code: string) =>
	takeAs<T.Coverage>(api.GET('/areas/{code}/coverage', at(code)));
export const searchAreas = (q: string, level?: 'province' | 'commune') =>
	takeAs<T.Page<T.AreaHit>>(
		api.GET('/areas', { params: { query: { q, limit: 20, ...(level ? { level } : {}) } } })
	);

export const villages = (commune: string, page: { cursor?: string; limit?: number } = {}) =>
	takeAs<T.Page<T.Village>>(api.GET('/villages', { params: { query: { commune, ...page } } }));
export const createVillage = (body: {
	commune_code: string;
	kind: string;
	name: string;
	valid_from?: string;
}) => take(api.POST('/villages', { body }));
export const moveVillage = (
	code: string,
	body: { commune_code: string; on: string; reason: string }
) => take(api.POST('/villages/{code}/move', { ...at(code), body }));
export const mergeVillage = (
	code: string,
	body: { into_code: string; on: string; reason: string }
) => take(api.POST('/villages/{code}/merge', { ...at(code), body }));

export const households = (
	code: string,
	query: { status?: string; pupils?: string; q?: string; cursor?: string; limit?: number }
) =>
	takeAs<T.Page<T.HouseholdRow>>(
		api.GET('/villages/{code}/households', {
			params: {
				path: { code },
				query: {
					...query,
					status: query.status as T.HouseholdStatus,
					pupils: query.pupils as 'yes' | 'no' | 'unknown'
				}
			}
		})
	);
export const household = (id: string) => takeAs<T.Household>(api.GET('/households/{id}', byId(id)));
export const explainHousehold = (id: string) =>
	takeAs<T.HouseholdExplanation>(api.GET('/households/{id}/explanation', byId(id)));
export const moveHousehold = (
	id: string,
	body: { village_code: string; on: string; reason: string }
) => take(api.POST('/households/{id}/move', { ...byId(id), body }));
export { decideLink } from './teacher.ts';
export const endLink = (id: string, reason: string, on: string) =>
	take(api.POST('/household-links/{id}/ending', { ...byId(id), body: { reason, on } }));
export const certificates = (query: { q?: string; area?: string; cursor?: string }) =>
	takeAs<T.Page<T.CertificateView>>(api.GET('/certificates', { params: { query } }));
export const certificateHistory = (code: string) =>
	take(api.GET('/certificates/{code}/history', at(code)));
export const revoke = (code: string, reason: string) =>
	takeAs<T.CertificateView>(
		api.POST('/certificates/{code}/revocation', { ...at(code), body: { reason } })
	);
export const reinstate = (code: string, reason: string) =>
	takeAs<T.CertificateView>(
		api.POST('/certificates/{code}/reinstatement', { ...at(code), body: { reason } })
	);
