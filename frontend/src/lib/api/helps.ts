// What a pupil sees of helping a neighbour; the team's side is in walk.ts.
import { api, take, takeAs } from './client.ts';
import type { Adult } from './walk.ts';

export interface MyHelp {
	id: string;
	campaign: string;
	team: string;
	adult: Adult;
	hotline: string;
	until: string;
}

export const myHelps = () => takeAs<{ items: MyHelp[] }>(api.GET('/me/helps'));
export const declineHelp = (id: string) =>
	take(api.POST('/me/helps/{id}/decline', { params: { path: { id } } }));
