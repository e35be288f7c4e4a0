// Changing campaigns, visits that were kept, slips, and pupils who come along.
import { api, apiFetch, BASE, newId, take, takeAs } from './client.ts';
import { ApiProblem } from './problem.ts';
import { hand } from './save.ts';
import type { Page } from './types.ts';
import type { Campaign, Door, VisitFact } from './visits.ts';

export type EventKind =
	| 'started'
	| 'name'
	| 'starts_on'
	| 'ends_on'
	| 'target'
	| 'hotline'
	| 'ended'
	| 'reopened'
	| 'member'
	| 'removed';
export interface CampaignEvent {
	at: string;
	by: string;
	kind: EventKind;
	about: string;
	old: string;
	new: string;
}
export type Adult = 'guardian' | 'relative' | 'teacher' | 'team';
export interface Helper {
	person_id: string;
	name: string;
	school: string;
	grade: number;
	expected: number;
}
export interface Help {
	id: string;
	person_id: string;
	name: string;
	state: 'accepted' | 'declined' | 'taught' | 'lapsed';
	adult: Adult | '';
	changed_at: string;
}
export interface HelpList {
	helpers: Helper[];
	helps: Help[];
}
const byId = (id: string) => ({ params: { path: { id } } });
const atDoor = (id: string, household: string) => ({ params: { path: { id, household } } });

export const changeCampaign = (
	id: string,
	body: Omit<Campaign, 'id' | 'area_code' | 'area_name' | 'ended_on'> & { ended: boolean }
) => takeAs<Campaign>(api.PUT('/campaigns/{id}', { ...byId(id), body }));
export const campaignHistory = (id: string) =>
	takeAs<Page<CampaignEvent>>(api.GET('/campaigns/{id}/history', byId(id)));
export const keptVisits = (id: string) =>
	takeAs<Page<VisitFact>>(api.GET('/campaigns/{id}/kept-visits', byId(id)));
export const decideVisit = (id: string, visit: string, accept: boolean, reason: string) =>
	takeAs<VisitFact>(
		api.PUT('/campaigns/{id}/kept-visits/{visit}/decision', {
			params: { path: { id, visit } },
			body: { accept, reason }
		})
	);
export const householdVisits = (id: string) =>
	takeAs<Page<VisitFact>>(api.GET('/households/{id}/visits', byId(id)));
/** Prints slips: a PDF handed to the browser's downloads. */
export async function saveSlips(id: string, villages: string[], renew: boolean): Promise<void> {
	const reply = await apiFetch(
		new Request(new URL(`${BASE}/campaigns/${id}/slips`, location.origin), {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ villages, renew })
		})
	);
	if (!reply.ok) {
		const body = (await reply.json().catch(() => ({}))) as Record<string, unknown>;
		throw new ApiProblem(reply.status, body);
	}
	await hand(reply);
}
export const revokeSlip = (id: string, code: string) =>
	take(api.POST('/campaigns/{id}/slip-revocations', { ...byId(id), body: { code } }));
export const openSlip = (code: string) =>
	takeAs<{ campaign_id: string; door: Door }>(api.POST('/me/slip-openings', { body: { code } }));

export const helpers = (campaign: string, household: string) =>
	takeAs<HelpList>(
		api.GET('/campaigns/{id}/households/{household}/helps', atDoor(campaign, household))
	);
export const recordHelp = (
	campaign: string,
	household: string,
	body: { person_id: string; accepted: boolean; adult: Adult | '' },
	id: string = newId()
) =>
	takeAs<HelpList>(
		api.POST('/campaigns/{id}/households/{household}/helps', {
			...atDoor(campaign, household),
			body: { id, ...body }
		})
	);
export const endHelp = (
	campaign: string,
	household: string,
	help: string,
	body: { taught: boolean; adult: Adult | '' }
) =>
	takeAs<HelpList>(
		api.PUT('/campaigns/{id}/households/{household}/helps/{help}', {
			params: { path: { id: campaign, household, help } },
			body
		})
	);
