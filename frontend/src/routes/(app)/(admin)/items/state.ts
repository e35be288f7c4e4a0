import { m } from '#paraglide/messages.js';
import type { ItemAnalysis } from '#lib/api/items.ts';

export const flagged = (item: ItemAnalysis): boolean => !!item.flag && !item.flag.cleared_at;
/** What becomes of a question, in words. */
export function stateOf(item: ItemAnalysis): string {
	if (!item.current) return m.items_old();
	if (item.kept) return m.items_kept();
	if (flagged(item)) return m.items_flagged();
	return item.n < 200 ? m.items_early() : m.items_fine();
}
/** Two decimals, never rounded up: what is below a limit does not look as if it had reached it. */
export const decimal = (value: number | null): string =>
	value === null
		? '–'
		: (Math.floor(value * 100 + 1e-9) / 100).toLocaleString('vi-VN', {
				minimumFractionDigits: 2,
				maximumFractionDigits: 2
			});
