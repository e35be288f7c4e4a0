import { m } from '#paraglide/messages.js';
import { announce } from '#lib/announce.ts';

/** Says aloud when little time is left: once at five minutes, at one, and at the end. */
export function tellTime(before: number, left: number): void {
	if (before > 300 && left <= 300) announce(m.time_five_minutes());
	if (before > 60 && left <= 60) announce(m.time_one_minute());
	if (before > 0 && left === 0) announce(m.time_up());
}
