// Accounts of grown-up members of a household, made with a code.
import { api, take, takeAs } from './client.ts';

export interface AdultHome {
	village: string;
	commune: string;
	head_masked: string;
}
const at = (code: string) => ({ params: { path: { code } } });
const byId = (id: string) => ({ params: { path: { id } } });

export const inviteAdult = (household: string, id: string) =>
	takeAs<{ code: string; expires_at: string }>(
		api.POST('/households/{id}/adult-codes', { ...byId(household), body: { id } })
	);
export const adultHome = (code: string) =>
	takeAs<AdultHome>(api.GET('/adult-codes/{code}', at(code)));
export const RELATIONS = ['head', 'spouse', 'child', 'grandchild', 'sibling', 'other'] as const;
export type AdultRelation = (typeof RELATIONS)[number];
export const joinAsAdult = (
	code: string,
	body: {
		id: string;
		full_name: string;
		birth_date: string;
		relation: AdultRelation;
		password: string;
	}
) => takeAs<{ username: string }>(api.POST('/adult-codes/{code}/account', { ...at(code), body }));
export const decideAdult = (link: string, decision: 'confirm' | 'reject', reason = '') =>
	take(
		api.POST('/household-links/{id}/adult-decision', {
			...byId(link),
			body: { decision, ...(reason ? { reason } : {}) }
		})
	);
