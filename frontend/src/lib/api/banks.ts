// Banks of draft questions, and files for other programs.
import type { Banks, Draft, Exported, Imported } from '../banks/types.ts';
import { api, take } from './client.ts';
import { save } from './save.ts';
import type { Page } from './types.ts';
import { uploadFile } from './upload.ts';

export const banks = () => take(api.GET('/question-banks')) as Promise<Banks>;
export const drafts = (id: string, cursor?: string | null) =>
	take(
		api.GET('/question-banks/{id}/questions', {
			params: { path: { id }, query: cursor ? { cursor } : {} }
		})
	) as unknown as Promise<Page<Draft>>;
export const deleteDraft = (id: string, question: string) =>
	take(
		api.DELETE('/question-banks/{id}/questions/{question}', { params: { path: { id, question } } })
	);
export const importQuestions = (file: File, fields: Record<string, string>) =>
	uploadFile<Imported>('/question-banks/imports', file, fields);

export interface Source {
	course?: string;
	bank?: string;
}
type Format = 'gift' | 'moodlexml' | 'qti' | 'qti3';
export const exportReport = (format: Format, of: Source) =>
	take(
		api.GET('/question-exports/report', { params: { query: { format, ...of } } })
	) as Promise<Exported>;
export const exportFile = (format: Format, of: Source) =>
	save(`/question-exports/file?${new URLSearchParams({ format, ...of })}`);
