import type { Question } from '#lib/preview/types.ts';

export interface Note {
	where: string;
	reason: string;
	detail?: string;
}
export interface Bank {
	id: string;
	key: string;
	name: string;
	/** null: of the province. */
	school_id: string | null;
	school_name: string;
	questions: number;
	incomplete: number;
	changeable: boolean;
}
export interface Banks {
	items: Bank[];
	schools: { id: string; name: string }[];
	/** The reader keeps the banks of the province. */
	province: boolean;
}
export interface Imported {
	bank_id: string;
	format: string;
	imported: number;
	unchanged: number;
	skipped: Note[];
	notes: Note[];
}
export interface Exported {
	exported: number;
	skipped: Note[];
	notes: Note[];
}
/** Lists of a stranger's question may be missing. */
export type DraftQuestion = Omit<Question, 'hints'> & { hints: string[] | null };
export interface Draft {
	id: string;
	question: DraftQuestion;
	problems: string[];
	/** Why pupils cannot be given it as practice; empty: they can. */
	unplayed: string;
	created_at: string;
}
export const FORMATS = ['gift', 'moodlexml', 'qti', 'qti3'] as const;
