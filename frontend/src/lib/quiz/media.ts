import { BASE } from '../api/client.ts';

/** Where a published image lies; its name is its content's hash, so it never changes. */
export const mediaUrl = (src: string): string =>
	src.startsWith('/') ? src : `${BASE}/media/${encodeURIComponent(src)}`;
