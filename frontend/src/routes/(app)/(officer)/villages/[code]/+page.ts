import { coverage, households } from '#lib/api/officer.ts';
import type { HouseholdStatus } from '#lib/api/types.ts';
import { orError } from '#lib/load.ts';
import { STATUSES } from '#lib/officer/words.ts';

export const load = async ({ params, url, depends }) => {
	depends('app:village');
	const asked = url.searchParams.get('status') as HouseholdStatus | null;
	const status = asked && STATUSES.includes(asked) ? asked : undefined;
	const said = url.searchParams.get('pupils') ?? '';
	const pupils = ['yes', 'no', 'unknown'].includes(said) ? said : undefined;
	const q = url.searchParams.get('q')?.trim() || undefined;
	const query = {
		...(status ? { status } : {}),
		...(pupils ? { pupils } : {}),
		...(q ? { q } : {})
	};
	const [of, list] = await orError(
		Promise.all([coverage(params.code), households(params.code, query)])
	);
	return { of, list, query };
};
