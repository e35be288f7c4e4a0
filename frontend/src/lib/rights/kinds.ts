// Short names of what is agreed to, for staff.
import { m } from '#paraglide/messages.js';
import type { Kind } from '../api/consents.ts';

const KIND = {
	area_names: m.consent_kind_area,
	public_page: m.consent_kind_page,
	help_neighbours: m.consent_kind_help
};
export const kindName = (kind: Kind) => KIND[kind]();

/** Whether it holds: the name is shown there, or the pupil may be asked. */
export function holdsWord(kind: Kind, holds: boolean): string {
	if (kind === 'help_neighbours') return holds ? m.consent_asked_may() : m.consent_asked_not();
	return holds ? m.consent_shown() : m.consent_hidden();
}
