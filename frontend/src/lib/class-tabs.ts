// The pages of one class, in the order of their tabs. A new page of a class is
// one line here.
import { m } from '#paraglide/messages.js';
import type { Me, RoleGrant } from './api/types.ts';

/** Who finds something behind a tab: whoever has the class, be it for one course; whoever sees all of it; whoever answers for it; whoever keeps its list. */
type Opens = 'any' | 'whole' | 'answers' | 'keeper';

export interface ClassTab {
	/** What stands behind /classes/{id}; empty for the board. */
	path: string;
	text: () => string;
	opens: Opens;
}

export const CLASS_TABS: ClassTab[] = [
	{ path: '', text: m.class_tab_board, opens: 'any' },
	{ path: '/assignments', text: m.give_tab, opens: 'any' },
	{ path: '/links', text: m.board_links, opens: 'whole' },
	{ path: '/consents', text: m.consent_tab, opens: 'keeper' },
	{ path: '/scenarios', text: m.runs_link, opens: 'whole' },
	{ path: '/family', text: m.family_class_link, opens: 'whole' },
	{ path: '/cards', text: m.cards_tab, opens: 'keeper' },
	{ path: '/items', text: m.items_tab, opens: 'whole' },
	{ path: '/quality', text: m.qu_tab, opens: 'answers' },
	{ path: '/import', text: m.board_import, opens: 'keeper' }
];

// The server's table (models/access.go) decides; this only leaves out doors that it keeps shut.
const answers = (grant: RoleGrant) => ['teacher', 'head', 'school_admin'].includes(grant.role);
const whole = (grant: RoleGrant) =>
	answers(grant) || (grant.role === 'module_teacher' && !grant.course_key);
const keeps = (grant: RoleGrant) => ['teacher', 'school_admin'].includes(grant.role);

/** The tabs of a class that are open to somebody. */
export function tabsFor(me: Pick<Me, 'roles'> | null | undefined, classId: string): ClassTab[] {
	const here = (me?.roles ?? []).filter(
		(grant) => grant.scope_kind === 'school' || grant.scope_id === classId
	);
	const open: Record<Opens, boolean> = {
		any: true,
		whole: here.some(whole),
		answers: here.some(answers),
		keeper: here.some(keeps)
	};
	return CLASS_TABS.filter((tab) => open[tab.opens]);
}
