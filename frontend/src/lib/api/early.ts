// Answers that the first page asked for before its script was there (shell/early.js).

interface EarlyReply {
	response: Response;
	/** When it came, by this device's clock. */
	at: number;
}
declare global {
	interface Window {
		nhasoEarly?: { since: number; replies: Record<string, Promise<EarlyReply> | undefined> };
	}
}
/** An answer older than this is asked for anew: the page was left lying before it began. */
const FRESH = 30_000;

/** The answer to this request if it is already on its way; each is given once. */
export function takeEarly(request: Request): Promise<EarlyReply> | null {
	const early = globalThis.window?.nhasoEarly;
	const reply = early?.replies[request.url];
	if (!early || !reply || request.method !== 'GET') return null;
	delete early.replies[request.url];
	return Date.now() - early.since < FRESH ? reply : null;
}

/** What was asked for as one person is no answer to the next. */
export function dropEarly(): void {
	delete globalThis.window?.nhasoEarly;
}
