import { apiFetch, BASE } from './client.ts';
import { m } from '#paraglide/messages.js';
import { addWords, ApiProblem } from './problem.ts';

addWords(
	{
		certificate_revoked: m.problem_certificate_revoked,
		no_certificates: m.board_print_none
	},
	{}
);

/** The name a Content-Disposition header gives the file; ours are plain ASCII. */
export function fileName(header: string | null, otherwise: string): string {
	const name = /filename="([\w.-]+)"/.exec(header ?? '')?.[1];
	return name && !name.startsWith('.') ? name : otherwise;
}

/** Fetches a file from the API and hands it to the browser's downloads. */
export async function save(path: string): Promise<void> {
	const reply = await apiFetch(new Request(new URL(BASE + path, location.origin)));
	if (!reply.ok) {
		const body = (await reply.json().catch(() => ({}))) as Record<string, unknown>;
		throw new ApiProblem(reply.status, body);
	}
	await hand(reply);
}

/** Hands the file of an answer to the browser's downloads. */
export async function hand(reply: Response): Promise<void> {
	const url = URL.createObjectURL(await reply.blob());
	const anchor = document.createElement('a');
	anchor.href = url;
	anchor.download = fileName(reply.headers.get('Content-Disposition'), 'nhaso');
	document.body.append(anchor);
	anchor.click();
	anchor.remove();
	// Some browsers read the blob only after the click has been handled.
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
