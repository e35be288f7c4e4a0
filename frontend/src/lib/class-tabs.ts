// The pages of one class, in the order of their tabs. A new page of a class is
// one line here.
import { m } from '#paraglide/messages.js';

export interface ClassTab {
	/** What stands behind /classes/{id}; empty for the board. */
	path: string;
	text: () => string;
}

export const CLASS_TABS: ClassTab[] = [
	{ path: '', text: m.class_tab_board },
	{ path: '/assignments', text: m.give_tab },
	{ path: '/links', text: m.board_links },
	{ path: '/consents', text: m.consent_tab },
	{ path: '/scenarios', text: m.runs_link },
	{ path: '/family', text: m.family_class_link },
	{ path: '/cards', text: m.cards_tab },
	{ path: '/items', text: m.items_tab },
	{ path: '/quality', text: m.qu_tab },
	{ path: '/import', text: m.board_import }
];
