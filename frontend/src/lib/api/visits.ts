import { api, newId, takeAs } from './client.ts';
import type { Page } from './types.ts';

export type Outcome = 'taught' | 'already_skilled' | 'not_home' | 'refused' | 'moved';
export interface Campaign {
	id: string;
	area_code: string;
	area_name: string;
	name: string;
	starts_on: string;
	ends_on: string;
	target: number;
	hotline: string;
}
export interface Seen {
	id: string;
	at: string;
	outcome: Outcome;
	again: boolean;
	own: boolean;
}
export interface Door {
	id: string;
	code: string;
	head: string;
	village: string;
	known: boolean;
	seen: Seen[];
}
export interface Round extends Campaign {
	team: string;
	removed: boolean;
	villages: { code: string; kind: string; name: string }[];
	doors: Door[];
	more: number;
}
export interface NewVisit {
	id: string;
	household_id: string;
	outcome: Outcome;
	again: boolean;
	slip: boolean;
	at: string;
}
export type Refusal = '' | 'removed' | 'outside_dates' | 'not_on_list';
export interface Receipt {
	id: string;
	refusal: Refusal;
}
export interface CampaignBoard extends Campaign {
	visits: number;
	visited: number;
	met: number;
	refused: number;
	outcomes: Partial<Record<Outcome, number>>;
	teams: { team: string; visits: number; visited: number }[];
	days: { on_day: string; visits: number }[];
}
export interface Walker {
	account_id: string;
	name: string;
	team: string;
	villages: string[];
	removed_at: string | null;
}
export interface KeptVisit {
	id: string;
	household_id: string;
	code: string;
	visitor: string;
	team: string;
	outcome: Outcome;
	again: boolean;
	slip: boolean;
	visited_at: string;
	received_at: string;
	refusal: Refusal;
}

const byId = (id: string) => ({ params: { path: { id } } });

export const myRounds = () => takeAs<Page<Round>>(api.GET('/me/rounds'));
export const sendVisits = (id: string, visits: NewVisit[]) =>
	takeAs<Page<Receipt>>(api.POST('/campaigns/{id}/visits', { ...byId(id), body: { visits } }));
export const campaigns = () => takeAs<Page<Campaign>>(api.GET('/campaigns'));
export const campaignBoard = (id: string) =>
	takeAs<CampaignBoard>(api.GET('/campaigns/{id}', byId(id)));
export const startCampaign = (
	body: Omit<Campaign, 'id' | 'area_name'>,
	id: string = newId()
): Promise<Campaign> => takeAs<Campaign>(api.POST('/campaigns', { body: { id, ...body } }));
export const walkers = (id: string) =>
	takeAs<Page<Walker>>(api.GET('/campaigns/{id}/members', byId(id)));
export const postWalker = (
	id: string,
	body: { account_id: string; team: string; villages: string[] }
) => takeAs<Page<Walker>>(api.PUT('/campaigns/{id}/members', { ...byId(id), body }));
export const removeWalker = (id: string, account: string) =>
	takeAs<Page<Walker>>(
		api.DELETE('/campaigns/{id}/members/{account}', { params: { path: { id, account } } })
	);
export const refusedVisits = (id: string) =>
	takeAs<Page<KeptVisit>>(api.GET('/campaigns/{id}/refused-visits', byId(id)));
