// What anybody may read about an area, without signing in.
import { api, takeAs } from './client.ts';
import type { AreaRef, Page, Skill } from './types.ts';

/** What is published of a count: it lies between the two, both included. */
export interface Span {
	low: number;
	high: number;
}
export interface HeldSkill {
	skill: Skill;
	held: Span;
}
export interface Published {
	households: number;
	covered: Span;
	not_covered: Span;
	unknown: Span;
	/** Too few households: nothing beyond their number. */
	hidden: boolean;
}
export interface PublicRow extends Published {
	code: string;
	kind: string;
	name: string;
	/** Villages too small to be published one by one. */
	names: string[];
	/** Of communes; of villages no skill is told. */
	skills: HeldSkill[];
}
export interface PublicPage extends Published {
	area: { code: string; name: string; kind: string; level: 'province' | 'commune' | 'village' };
	ancestors: AreaRef[];
	on_date: string;
	released_on: string;
	/** Empty in releases made before skills were published. */
	skills: HeldSkill[];
	register: { source: string; as_of: string } | null;
	rows: PublicRow[];
	hidden_villages: number;
	trend: (Published & { on_date: string })[];
}
export const publicAreas = () => takeAs<Page<AreaRef>>(api.GET('/public/coverage'));
export const publicCoverage = (code: string) =>
	takeAs<PublicPage>(api.GET('/public/coverage/{code}', { params: { path: { code } } }));
