// Where the focus is in a board's grid, and what keys and clicks do there. Row -1 is the head,
// column 0 the mark of a row.
import { tick } from 'svelte';
import type { SvelteSet } from 'svelte/reactivity';
import type { BoardColumn, BoardRow } from '../api/gradebook.ts';

export interface Table {
	rows: () => BoardRow[];
	columns: () => BoardColumn[];
	selected: () => SvelteSet<string>;
	grid: () => HTMLElement | undefined;
	/** Of the window, in pixels. */
	height: () => number;
	rowHeight: () => number;
	open: (row: BoardRow, column: BoardColumn) => void;
	sort: (code: string) => void;
	key: (key: 'e' | '/' | '?') => void;
}

export class Cursor {
	/** The one cell that Tab reaches. */
	at = $state.raw({ row: 0, col: 1 });
	/** Where a range of marks begins. */
	#anchor = 0;
	readonly #table: Table;

	constructor(table: Table) {
		this.#table = table;
	}
	get all(): boolean {
		const rows = this.#table.rows();
		const selected = this.#table.selected();
		return rows.length > 0 && rows.every((row) => selected.has(row.person_id));
	}
	/** Within the table, when a filter has left fewer rows or columns. */
	stay(): void {
		const row = Math.max(0, Math.min(this.at.row, this.#table.rows().length - 1));
		const col = Math.min(this.at.col, this.#table.columns().length);
		if (this.at.row > row || this.at.col > col) this.at = { row: Math.min(this.at.row, row), col };
	}
	async go(row: number, col: number): Promise<void> {
		const { rows, columns, grid, height } = this.#table;
		const at = {
			row: Math.max(-1, Math.min(rows().length - 1, row)),
			col: Math.max(0, Math.min(columns().length, col))
		};
		this.at = at;
		await tick();
		const cell = grid()?.querySelector<HTMLElement>(`[data-at="${at.row}:${at.col}"]`);
		cell?.focus({ preventScroll: true });
		if (!cell || at.row < 0) return;
		const box = cell.getBoundingClientRect();
		const top = (grid()?.querySelector('.head')?.getBoundingClientRect().bottom ?? 0) + 4;
		const bottom = (grid()?.querySelector('.foot')?.getBoundingClientRect().top ?? height()) - 4;
		if (box.top < top) scrollBy(0, box.top - top);
		else if (box.bottom > bottom) scrollBy(0, box.bottom - bottom);
	}
	#toggle(row: number, range: boolean): void {
		const rows = this.#table.rows();
		const selected = this.#table.selected();
		const one = rows[row];
		if (!one) return;
		if (range) {
			const [from, to] = this.#anchor < row ? [this.#anchor, row] : [row, this.#anchor];
			for (const r of rows.slice(from, to + 1)) selected.add(r.person_id);
			return;
		}
		this.#anchor = row;
		if (!selected.delete(one.person_id)) selected.add(one.person_id);
	}
	#toggleAll(): void {
		const clear = this.all;
		const selected = this.#table.selected();
		for (const row of this.#table.rows()) {
			if (clear) selected.delete(row.person_id);
			else selected.add(row.person_id);
		}
	}
	#activate(row: number, col: number, range = false): void {
		const column = this.#table.columns()[col - 1];
		const one = this.#table.rows()[row];
		if (row < 0) {
			if (column) this.#table.sort(column.code);
			else this.#toggleAll();
		} else if (!column) this.#toggle(row, range);
		else if (one) this.#table.open(one, column);
	}
	keys = (event: KeyboardEvent): void => {
		if (event.altKey || event.metaKey) return;
		const { row, col } = this.at;
		const page = Math.max(1, Math.floor(this.#table.height() / this.#table.rowHeight()) - 3);
		const last = this.#table.rows().length - 1;
		const end = this.#table.columns().length;
		const moves: Record<string, () => unknown> = {
			ArrowDown: () => this.go(row + 1, col),
			ArrowUp: () => this.go(row - 1, col),
			ArrowRight: () => this.go(row, col + 1),
			ArrowLeft: () => this.go(row, col - 1),
			Home: () => this.go(event.ctrlKey ? 0 : row, 0),
			End: () => this.go(event.ctrlKey ? last : row, end),
			PageDown: () => this.go(row + page, col),
			PageUp: () => this.go(Math.max(0, row - page), col),
			Enter: () => this.#activate(row, col),
			' ': () => (row < 0 ? this.#activate(row, col) : this.#toggle(row, event.shiftKey))
		};
		if (event.ctrlKey && !['Home', 'End'].includes(event.key)) return;
		if (event.key === 'e' || event.key === '/' || event.key === '?') this.#table.key(event.key);
		else if (event.key in moves) moves[event.key]!();
		else return;
		event.preventDefault();
	};
	click = (event: MouseEvent): void => {
		const cell = (event.target as Element).closest<HTMLElement>('[data-at]');
		const [row, col] = (cell?.dataset['at'] ?? '').split(':').map(Number);
		if (row === undefined || col === undefined || Number.isNaN(row)) return;
		this.at = { row, col };
		cell?.focus({ preventScroll: true });
		this.#activate(row, col, event.shiftKey);
	};
}
