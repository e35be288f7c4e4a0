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
	ended_on: string;
	version: number;
}
export interface Seen {
	id: string;
	at: string;
	outcome: Outcome;
	again: boolean;
	own: boolean;
	/** Lists kept on a phone before teams were told have none. */
	team?: string;
}
/** What lists kept on a phone by an older version of the app do not have is optional. */
export interface Door {
	id: string;
	code: string;
	head: string;
	village: string;
	known: boolean;
	no_pupil?: boolean;
	slip?: string;
	last?: { on_day: string; outcome: Outcome } | null;
	seen: Seen[];
}
/** A visit of one's own that came and was not counted. */
export interface OwnKept {
	id: string;
	code: string;
	at: string;
	outcome: Outcome;
	refusal: Refusal;
	decision: Decision;
	reason: string;
}
export interface Round extends Campaign {
	team: string;
	removed: boolean;
	over?: boolean;
	villages: { code: string; kind: string; name: string }[];
	doors: Door[];
	more: number;
	kept?: OwnKept[];
}
export interface NewVisit {
	id: string;
	household_id: string;
	outcome: Outcome;
	again: boolean;
	slip: boolean;
	at: string;
}
export type Decision = '' | 'accepted' | 'refused';
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
	waiting: number;
	outcomes: Partial<Record<Outcome, number>>;
	teams: { team: string; visits: number; visited: number }[];
	days: { on_day: string; visits: number }[];
}
export interface Walker {
	account_id: string;
	name: string;
	team: string;
	villages: string[];
	places: { code: string; kind: string; name: string }[];
	removed_at: string | null;
}
export interface VisitFact {
	id: string;
	campaign_id: string;
	campaign: string;
	household_id: string;
	code: string;
	visitor: string;
	team: string;
	outcome: Outcome;
	again: boolean;
	slip: boolean;
	visited_at: string;
	on_day: string;
	received_at: string;
	refusal: Refusal;
	counts: boolean;
	decision: Decision;
	reason: string;
	decided_by: string;
}

const byId = (id: string) => ({ params: { path: { id } } });

export const myRounds = () => takeAs<Page<Round>>(api.GET('/me/rounds'));
export const sendVisits = (id: string, visits: NewVisit[]) =>
	takeAs<Page<Receipt>>(api.POST('/campaigns/{id}/visits', { ...byId(id), body: { visits } }));
export const campaigns = () => takeAs<Page<Campaign>>(api.GET('/campaigns'));
export const campaignBoard = (id: string) =>
	takeAs<CampaignBoard>(api.GET('/campaigns/{id}', byId(id)));
export const startCampaign = (
	body: Omit<Campaign, 'id' | 'area_name' | 'ended_on' | 'version'>,
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
