/** Where to go after signing in: only a path of this site, never another address. */
export function safeNext(next: string | null, otherwise: string): string {
	if (!next || !next.startsWith('/') || next.startsWith('//') || next.includes('\\'))
		return otherwise;
	return next === '/login' || next === '/' ? otherwise : next;
}
