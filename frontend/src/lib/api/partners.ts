// Tokens for programs of other offices, and the beginning of publishing.
import { api, newId, take, takeAs } from './client.ts';
import type { Page } from './types.ts';

export interface Partner {
	id: string;
	name: string;
	purpose: string;
	area_code: string;
	area_name: string;
	per_minute: number;
	expires_on: string;
	created_at: string;
	created_by: string;
	revoked_at: string | null;
	live: boolean;
	/** Day of the last use; empty: never. */
	last_day: string;
	/** In the last 30 days. */
	uses: number;
}
export interface PartnerWish {
	id: string;
	name: string;
	purpose: string;
	area_code: string;
	per_minute: number;
	expires_on: string;
}
export { newId };
export const partners = () => takeAs<Page<Partner>>(api.GET('/partners'));
export const createPartner = (body: PartnerWish) =>
	takeAs<Partner & { token: string }>(api.POST('/partners', { body }));
export const revokePartner = (id: string) =>
	take(api.POST('/partners/{id}/revocation', { params: { path: { id } } }));
export const beginPublishing = () => takeAs<{ on_date: string }>(api.POST('/public-releases'));
