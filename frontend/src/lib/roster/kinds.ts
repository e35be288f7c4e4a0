import { m } from '#paraglide/messages.js';
import type { RowKind } from '../api/roster.ts';

const TEXT: Record<RowKind, () => string> = {
	new: m.roster_kind_new,
	changed: m.roster_kind_changed,
	moved: m.roster_kind_moved,
	left: m.roster_kind_left,
	unchanged: m.roster_kind_unchanged,
	error: m.roster_kind_error,
	skipped: m.roster_kind_skipped
};
const CHIP: Partial<Record<RowKind, string>> = {
	new: 'ok',
	changed: 'brand',
	moved: 'brand',
	left: 'warn',
	error: 'bad'
};
export const kindText = (kind: RowKind): string => TEXT[kind]();
export const kindChip = (kind: RowKind): string => CHIP[kind] ?? '';
