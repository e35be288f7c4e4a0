// Reports of an area: made now, or kept every month.
import { api, take, takeAs } from './client.ts';
import { save } from './save.ts';

export type ReportFormat = 'pdf' | 'xlsx' | 'csv';
export interface MonthlyReports {
	subscriptions: { area_code: string; area_name: string; since: string }[];
	items: { area_code: string; area_name: string; month: string; made_at: string }[];
}
export const monthlyReports = () => takeAs<MonthlyReports>(api.GET('/monthly-reports'));
export const subscribe = (code: string) =>
	take(api.PUT('/areas/{code}/monthly-report', { params: { path: { code } } }));
export const unsubscribe = (code: string) =>
	take(api.DELETE('/areas/{code}/monthly-report', { params: { path: { code } } }));
export const saveReport = (code: string, format: ReportFormat, on: string) =>
	save(
		`/areas/${encodeURIComponent(code)}/coverage/file?format=${format}${on ? `&on=${encodeURIComponent(on)}` : ''}`
	);
export const saveMonthly = (code: string, month: string, format: 'pdf' | 'xlsx') =>
	save(`/areas/${encodeURIComponent(code)}/monthly-reports/${month}?format=${format}`);
