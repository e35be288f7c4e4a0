import { apiFetch, BASE } from './client.ts';
import { ApiProblem } from './problem.ts';
import type { ImportReport } from './types.ts';

/** Sends a roster or register file; the server parses it (one parser, one set of errors). */
export const upload = (
	path: string,
	file: File,
	fields: Record<string, string> = {}
): Promise<ImportReport> => uploadFile<ImportReport>(path, file, fields);

/** Sends any file with text fields beside it. */
export async function uploadFile<T>(
	path: string,
	file: File,
	fields: Record<string, string>
): Promise<T> {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) form.append(name, value);
	form.append('file', file);
	const url = new URL(BASE + path, location.origin);
	const reply = await apiFetch(new Request(url, { method: 'POST', body: form }));
	const body = (await reply.json().catch(() => ({}))) as Record<string, unknown>;
	if (!reply.ok) throw new ApiProblem(reply.status, body);
	return body as unknown as T;
}
