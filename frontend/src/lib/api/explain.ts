// Where a figure comes from: the question, its answer counted twice, and what moved it last.
import type { Asked } from '../coverage/explain.ts';
import { api, takeAs } from './client.ts';
import type { SkillCount } from './coverage.ts';
import type { Skill } from './types.ts';

export interface FigureChange {
	at: string;
	on: string;
	/** Of the figure asked for. */
	delta: number;
	delta_covered: number;
	delta_known: number;
	delta_households: number;
	delta_skills: Record<Skill, number>;
	cause: string;
	household_id: string | null;
	village_name: string;
	hash: string;
}
export interface FigureExplanation {
	area: { code: string; name: string; level: 'province' | 'commune' | 'village'; kind: string };
	figure: SkillCount;
	value: number;
	replayed: number;
	recount: { at: string; value: number; same: boolean } | null;
	seen: string | null;
	known_now: number | null;
	school: {
		code: string;
		name: string;
		pupils: number;
		households: number;
		covered: number;
	} | null;
	rule_version: number;
	last_changes: FigureChange[];
	batches: number;
	chain_ok: boolean;
}

export const explain = (code: string, asked: Asked) =>
	takeAs<FigureExplanation>(
		api.GET('/areas/{code}/coverage/explanation', {
			params: {
				path: { code },
				query: {
					figure: asked.figure,
					on: asked.on,
					map: asked.map,
					seen: asked.seen,
					school: asked.school,
					basis: asked.basis,
					...(asked.aim === 'all' ? {} : { skill: asked.aim })
				}
			}
		})
	);
