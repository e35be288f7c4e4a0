import { m } from '#paraglide/messages.js';
import type { Assignment, Kind, Release } from '#lib/api/assign.ts';

export const kindName = (kind: Kind): string =>
	({
		course: m.give_kind_course,
		lessons: m.give_kind_lessons,
		quiz: m.give_kind_quiz,
		scenario: m.give_kind_scenario,
		bank: m.set_kind
	})[kind]();
export const releaseName = (release: Release): string =>
	({
		at_once: m.give_at_once,
		after_close: m.give_after_close,
		after_due: m.give_after_due,
		by_hand: m.give_by_hand
	})[release]();
export function recipientsName(item: Assignment): string {
	if (item.recipients.to === 'class') return m.give_whole();
	if (item.recipients.to === 'group') return m.give_group_named({ name: item.group_name });
	return m.give_some({ n: item.recipients.person_ids.length });
}
