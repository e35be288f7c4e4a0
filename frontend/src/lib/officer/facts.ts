// The facts of an explanation's steps in words: what the server says of a step by key.
import { m } from '#paraglide/messages.js';
import { date, dateTime, grouped, number } from '../format.ts';
import { linkName, relationName, roleName } from '../words-people.ts';
import { skillName } from '../words.ts';
import { SKILLS, type LinkState, type Relation, type RoleName, type Skill } from '../api/types.ts';
import { causeName, shortHash, signed } from './words.ts';

export interface Fact {
	key: string;
	name: string;
	text: string;
	/** The whole value when the text is cut short. */
	full?: string;
	link?: string;
}

const NAME: Record<string, () => string> = {
	code: m.fact_code,
	head: m.village_head,
	known: m.fact_known,
	covered: m.fact_covered,
	village_since: m.fact_village_since,
	village: m.fact_village,
	on: m.fact_on,
	cause: m.explain_cause,
	delta_households: m.coverage_households,
	delta_known: m.delta_known,
	delta_covered: m.delta_covered,
	delta_skills: m.cover_fact_skills,
	batch: m.fact_batch,
	name: m.fact_name,
	relation: m.hh_relation,
	state: m.hh_link_state,
	claimed_at: m.fact_claimed_at,
	claimed_role: m.fact_claimed_role,
	decided_by: m.fact_decided_by,
	decided_role: m.fact_decided_role,
	reason: m.hh_event_why,
	status: m.certs_status,
	school: m.certs_school_only,
	class: m.fact_class,
	rule_version: m.fact_rule_version,
	skill: m.fact_skill,
	score: m.fact_score,
	course_key: m.fact_course,
	course_hash: m.fact_course_hash,
	attempt_hash: m.fact_attempt_hash,
	scenario_hash: m.fact_scenario_hash,
	version: m.fact_rule_version,
	pass_percent: m.fact_pass_percent,
	need_session: m.fact_need_session,
	need_all_lessons: m.fact_need_all_lessons,
	need_scenario: m.fact_need_scenario,
	skills: m.fact_skills,
	submitted_at: m.fact_submitted_at,
	started_at: m.fact_started_at,
	answers: m.fact_answers,
	intact: m.fact_intact,
	slots: m.fact_slots
};
// Identifiers say nothing to a person; the step's own hash stands beside its title.
const HIDDEN = [
	'person_id',
	'name_withheld',
	'attempt_id',
	'session_id',
	'scenario_run_id',
	'id',
	'hash'
];

/** Score in basis points as the percentage people know. */
const score = (value: unknown) => `${number(Number(value) / 100)}\u00a0%`;

/** "public_services-thcs" by the skill it teaches; courses of a newer server by their key. */
export function courseName(key: string): string {
	const skill = SKILLS.find((name) => key.startsWith(`${name}-`));
	return skill ? skillName(skill) : key;
}

const TEXT: Record<string, (value: never) => string> = {
	code: (value: string) => grouped(value),
	village_since: (value: string) => date(value),
	on: (value: string) => date(value),
	cause: (value: string) => causeName(value),
	delta_households: (value: number) => signed(value),
	delta_known: (value: number) => signed(value),
	delta_covered: (value: number) => signed(value),
	delta_skills: (value: Record<Skill, number>) =>
		SKILLS.filter((skill) => value[skill])
			.map((skill) => `${signed(value[skill])} ${skillName(skill)}`)
			.join(', '),
	batch: (value: number) => (value ? number(value) : m.fact_not_folded()),
	relation: (value: Relation) => relationName(value),
	state: (value: LinkState) => linkName(value),
	claimed_at: (value: string) => dateTime(value),
	submitted_at: (value: string) => dateTime(value),
	started_at: (value: string) => dateTime(value),
	claimed_role: (value: RoleName) => roleName(value),
	decided_role: (value: RoleName) => roleName(value),
	status: (value: string) => (value === 'revoked' ? m.certs_revoked() : m.certs_valid()),
	skill: (value: Skill) => skillName(value),
	score,
	course_key: courseName,
	skills: (value: Skill[]) => value.map(skillName).join(', '),
	pass_percent: (value: number) => `${number(value)}\u00a0%`,
	slots: (value: { slot: number; score: number }[]) =>
		value.map((one) => m.fact_slot({ n: one.slot, score: score(one.score) })).join(' · ')
};

function text(key: string, value: unknown): string {
	if (value === true) return m.fact_yes();
	if (value === false) return m.fact_no();
	const say = TEXT[key] as ((value: unknown) => string) | undefined;
	if (say) return say(value);
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** In the order of the list above; facts of a newer server come last. */
const place = (key: string) => {
	const at = Object.keys(NAME).indexOf(key);
	return at < 0 ? 999 : at;
};
export function factsOf(facts: Record<string, unknown>): Fact[] {
	return Object.entries(facts)
		.filter(([key, value]) => !HIDDEN.includes(key) && value !== null && value !== '')
		.sort(([a], [b]) => place(a) - place(b))
		.map(([key, value]) => {
			const fact: Fact = { key, name: NAME[key]?.() ?? key, text: text(key, value) };
			if (key.endsWith('_hash')) return { ...fact, text: shortHash(fact.text), full: fact.text };
			return fact;
		});
}
