// The secret calendar address of an account.
import { api, take, takeAs } from './client.ts';

export interface CalendarFeed {
	active: boolean;
	created_at: string | null;
	/** Only in the answer that makes the address. */
	token: string;
}
export const myCalendar = () => takeAs<CalendarFeed>(api.GET('/me/calendar'));
export const makeCalendar = () => takeAs<CalendarFeed>(api.POST('/me/calendar'));
export const endCalendar = () => take(api.DELETE('/me/calendar'));
