import { api, take } from './client.ts';
import { upload } from './upload.ts';

export const coverage = (code: string) =>
	take(api.GET('/areas/{code}/coverage', { params: { path: { code } } }));
export const explainArea = (code: string) =>
	take(api.GET('/areas/{code}/coverage/explanation', { params: { path: { code } } }));
export const searchAreas = (q: string) =>
	take(api.GET('/areas', { params: { query: { q } } }));
export const villages = (commune: string) =>
	take(api.GET('/villages', { params: { query: { commune } } }));
export const households = (
	code: string,
	query: { status?: string; q?: string; cursor?: string; limit?: number }
) => take(api.GET('/villages/{code}/households', { params: { path: { code }, query } }));
export const household = (id: string) =>
	take(api.GET('/households/{id}', { params: { path: { id } } }));
export const explainHousehold = (id: string) =>
	take(api.GET('/households/{id}/explanation', { params: { path: { id } } }));
export const moveHousehold = (
	id: string,
	body: { village_code: string; on: string; reason: string }
) => take(api.POST('/households/{id}/move', { params: { path: { id } }, body }));
export const importRegister = (file: File, source: string, asOf: string, dryRun: boolean) =>
	upload(`/household-registers?dry_run=${dryRun}`, file, { source, as_of: asOf });
export const certificates = (query: { q?: string; area?: string; cursor?: string }) =>
	take(api.GET('/certificates', { params: { query } }));
export const revoke = (code: string, reason: string) =>
	take(api.POST('/certificates/{code}/revocation', { params: { path: { code } }, body: { reason } }));
export const reinstate = (code: string, reason: string) =>
	take(
		api.POST('/certificates/{code}/reinstatement', {
			params: { path: { code } },
			body: { reason }
		})
	);
export { decideLink } from './teacher.ts';
