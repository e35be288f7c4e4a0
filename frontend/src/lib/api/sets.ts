// Questions of a bank as practice: made and looked at by teachers, played by pupils.
import type { PackQuestion } from '../offline/pack.ts';
import { api, take, takeAs } from './client.ts';

export interface PracticeSet {
	key: string;
	title: string;
	/** Null when no assignment of it runs any more. */
	due_at: string | null;
	questions: PackQuestion[];
	/** Keys of those answered rightly before. */
	right: string[];
}
export interface SetResults {
	title: string;
	questions: { key: string; stem: string; tried: number; first: number; right: number }[];
	pupils: {
		person_id: string;
		name: string;
		state: 'not_started' | 'in_progress' | 'done';
		right: number;
		first: number;
		tries: number;
		last_at: string | null;
	}[];
}

export const makeSet = (bank: string, question_ids: string[]) =>
	take(
		api.POST('/question-banks/{id}/sets', {
			params: { path: { id: bank } },
			body: { question_ids }
		})
	) as Promise<{ key: string; title: string; questions: number }>;
export const practiceSet = (key: string) =>
	take(
		api.GET('/practice-sets/{key}', { params: { path: { key } } })
	) as unknown as Promise<PracticeSet>;
export const practiceResults = (id: string) =>
	takeAs<SetResults>(api.GET('/assignments/{id}/practice-results', { params: { path: { id } } }));
