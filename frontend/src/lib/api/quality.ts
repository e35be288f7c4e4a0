import { api, takeAs } from './client.ts';
import { isSchool } from './signoff.ts';

export interface QualityCheck {
	key: string;
	owner: 'class_teacher' | 'school' | 'commune' | 'department';
	unit: string;
	title: string;
	why: string;
	todo: string;
	count: number;
	new: number;
}
export interface QualityOverview {
	name: string;
	at: string | null;
	checks: QualityCheck[];
}
export interface QualityRow {
	id: string;
	subject_id: string;
	value: number;
	on: string;
	first_seen: string;
	commune_code: string;
	commune_name: string;
	school_id: string;
	school_name: string;
	class_name: string;
	village_code: string;
	village_name: string;
	household_id: string;
	household_code: string;
}
export interface QualityRows {
	items: QualityRow[];
	next_cursor: string | null;
}

const speaking = (lang: string) => ({ headers: { 'Accept-Language': lang } });
/** Titles come in the language of the page: they are data of the server. */
export const quality = (place: string, lang: string) =>
	isSchool(place)
		? takeAs<QualityOverview>(
				api.GET('/schools/{id}/quality', { params: { path: { id: place } }, ...speaking(lang) })
			)
		: takeAs<QualityOverview>(
				api.GET('/areas/{code}/quality', { params: { path: { code: place } }, ...speaking(lang) })
			);
export const findings = (place: string, check: string, cursor?: string) => {
	const query = cursor ? { cursor } : {};
	return isSchool(place)
		? takeAs<QualityRows>(
				api.GET('/schools/{id}/quality/{check}', { params: { path: { id: place, check }, query } })
			)
		: takeAs<QualityRows>(
				api.GET('/areas/{code}/quality/{check}', {
					params: { path: { code: place, check }, query }
				})
			);
};
