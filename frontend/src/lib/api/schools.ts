// Schools as places: making one. What happens inside a school is in school.ts.
import { api, take } from './client.ts';

export const SCHOOL_TYPES = ['thcs', 'thpt', 'ptdtnt', 'lien_cap', 'gdtx'] as const;
export type SchoolType = (typeof SCHOOL_TYPES)[number];

export const createSchool = (body: {
	code: string;
	name: string;
	type: SchoolType;
	commune_code: string;
}) => take(api.POST('/schools', { body }));
