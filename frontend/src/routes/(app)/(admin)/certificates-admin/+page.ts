import { certificates } from '#lib/api/officer.ts';
import { orError } from '#lib/load.ts';
import { only, READS_CERTIFICATES } from '#lib/officer/guard.ts';

export const load = async ({ url, parent, depends }) => {
	depends('app:certificates');
	const { me } = await parent();
	only(me, READS_CERTIFICATES);
	const q = url.searchParams.get('q')?.trim() ?? '';
	// Without a question the newest stand here: what was issued today is what is asked about.
	return { q, list: await orError(certificates(q ? { q } : {})) };
};
