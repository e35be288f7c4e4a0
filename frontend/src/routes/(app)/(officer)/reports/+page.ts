import { monthlyReports } from '#lib/api/area-reports.ts';
import { coverage } from '#lib/api/officer.ts';
import { orError } from '#lib/load.ts';
import { placeName, startsOf } from '#lib/officer/places.ts';

export const load = async ({ url, parent, depends }) => {
	depends('app:reports');
	const { me } = await parent();
	const [kept, starts] = await orError(Promise.all([monthlyReports(), startsOf(me)]));
	const code = url.searchParams.get('area') ?? starts[0]?.code;
	const of = code ? await orError(coverage(code)) : null;
	return {
		kept,
		area: of ? { code: of.area.code, level: of.area.level, name: placeName(of.area) } : null
	};
};
