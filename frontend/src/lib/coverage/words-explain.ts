// The question behind a figure in words.
import { m } from '#paraglide/messages.js';
import { date, dateTime } from '../format.ts';
import { skillName } from '../words.ts';
import type { Asked, FigureName } from './explain.ts';

const TITLE: Record<FigureName, () => string> = {
	households: m.coverage_households,
	known: m.cover_why_known,
	covered: m.coverage_covered,
	not_covered: m.coverage_not_covered,
	unknown: m.coverage_unknown
};
/** "Đã có người thạo · Thanh toán điện tử" */
export const figureTitle = (asked: Pick<Asked, 'figure' | 'aim'>): string =>
	asked.aim === 'all' || asked.figure === 'households' || asked.figure === 'unknown'
		? TITLE[asked.figure]()
		: `${TITLE[asked.figure]()} · ${skillName(asked.aim)}`;

/** What was asked, as somebody would say it. */
export function questionText(asked: Asked, name: string, school: string): string {
	const parts = [
		m.cover_why_ask({ figure: figureTitle(asked), name }),
		asked.on ? m.cover_why_on({ date: date(asked.on) }) : m.cover_why_now()
	];
	if (asked.map && asked.map !== asked.on) parts.push(m.cover_why_map({ date: date(asked.map) }));
	if (school)
		parts.push(
			asked.basis === 'school'
				? m.cover_why_school_site({ school })
				: m.cover_why_school({ school })
		);
	if (asked.seen) parts.push(m.cover_why_as_known({ at: dateTime(asked.seen) }));
	return `${parts.join('; ')}.`;
}
