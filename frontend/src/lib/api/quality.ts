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
/** A class stands in this room's addresses as "class:" and its id. */
export const classPlace = (id: string): string => `class:${id}`;
const classOf = (place: string): string => (place.startsWith('class:') ? place.slice(6) : '');
/** Titles come in the language of the page: they are data of the server. */
export function quality(place: string, lang: string): Promise<QualityOverview> {
	const id = classOf(place);
	if (id)
		return takeAs<QualityOverview>(
			api.GET('/classes/{id}/quality', { params: { path: { id } }, ...speaking(lang) })
		);
	if (isSchool(place))
		return takeAs<QualityOverview>(
			api.GET('/schools/{id}/quality', { params: { path: { id: place } }, ...speaking(lang) })
		);
	return takeAs<QualityOverview>(
		api.GET('/areas/{code}/quality', { params: { path: { code: place } }, ...speaking(lang) })
	);
}
export const findings = (place: string, check: string, cursor?: string) => {
	const query = cursor ? { cursor } : {};
	const id = classOf(place);
	if (id)
		return takeAs<QualityRows>(
			api.GET('/classes/{id}/quality/{check}', { params: { path: { id, check }, query } })
		);
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
