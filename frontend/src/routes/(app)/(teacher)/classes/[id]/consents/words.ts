// Words of the class's consent page.
import { m } from '#paraglide/messages.js';
import type { GuardianRelation, Said } from '#lib/api/consents.ts';

/** What a party said, or that nobody asked; where nobody needs to, that. */
export function standingWord(said: Said | null, must: boolean): string {
	if (!said) return must ? m.consent_not_asked() : m.consent_not_needed();
	return said.act === 'grant' ? m.consent_yes() : m.consent_no();
}
const CHANNEL = {
	paper: m.consent_channel_paper,
	in_person: m.consent_channel_in_person,
	phone: m.consent_channel_phone,
	account: m.consent_channel_account,
	code: m.consent_channel_code
};
export const channelName = (channel: Said['channel']) => CHANNEL[channel]();
const RELATION = {
	mother: m.consent_mother,
	father: m.consent_father,
	grandparent: m.consent_grandparent,
	guardian: m.consent_guardian
};
export const guardianName = (relation: GuardianRelation) => RELATION[relation]();
