// Words of what looks wrong: who owns it, and what a finding's number says.
import { m } from '#paraglide/messages.js';
import type { QualityCheck } from '../api/quality.ts';
import { number } from '../format.ts';
import { signed } from '../officer/words.ts';

const OWNER: Record<QualityCheck['owner'], () => string> = {
	class_teacher: m.qu_owner_class_teacher,
	school: m.qu_owner_school,
	commune: m.qu_owner_commune,
	department: m.qu_owner_department
};
export const ownerName = (owner: QualityCheck['owner']): string => OWNER[owner]?.() ?? owner;

/** What a finding's number says in its unit. */
export function valueName(unit: string, value: number): string {
	switch (unit) {
		case 'days':
			return value < 0 ? m.qu_never() : m.qu_days({ count: number(value) });
		case 'seconds':
			return m.qu_seconds({ count: number(value) });
		case 'hour':
			return m.qu_hour({ hour: number(value) });
		case 'pupils':
			return m.qu_pupils({ count: number(value) });
		case 'sessions':
			return m.qu_sessions({ count: number(value) });
		case 'households':
			return m.qu_households({ count: number(value) });
		case 'pairs':
			return m.qu_pairs({ count: number(value) });
		case 'z':
			return m.qu_z({ value: signed(Math.round(value / 10) / 10).replace('.', ',') });
	}
	return number(value);
}
