// Words of the monitor; only teachers' and officers' pages import them.
import { m } from '#paraglide/messages.js';
import { addWords } from '../api/problem.ts';
import type { LivePupil, Status } from '../api/monitor.ts';

addWords(
	{
		alert_over: m.monitor_alert_over,
		attempts_begun: m.monitor_attempts_begun,
		not_invigilated: m.monitor_not_invigilated
	},
	{ does_not_match: m.monitor_name_wrong }
);

const STATUS: Record<Status, () => string> = {
	needs_help: m.monitor_needs_help,
	offline: m.monitor_offline,
	unconfirmed: m.monitor_unconfirmed,
	paused: m.monitor_paused,
	working: m.monitor_working,
	in: m.monitor_in,
	done: m.monitor_done,
	not_in: m.monitor_not_in
};
export const statusName = (status: Status): string => STATUS[status]();
/** A shape beside the word: nobody needs to tell colours apart. */
export const MARK: Record<Status, string> = {
	needs_help: '▲',
	offline: '◌',
	unconfirmed: '?',
	paused: '‖',
	working: '◐',
	in: '○',
	done: '●',
	not_in: '–'
};
export const TONE: Partial<Record<Status, 'bad' | 'warn' | 'brand' | 'ok'>> = {
	needs_help: 'bad',
	offline: 'warn',
	unconfirmed: 'warn',
	working: 'brand',
	done: 'ok'
};
const WHY = {
	alert: m.monitor_why_alert,
	called: m.monitor_why_called,
	misses: m.monitor_why_misses
};
export const whyText = (why: LivePupil['why']): string => (why ? WHY[why]() : '');

/** Minutes since an instant, for "offline 2′". */
export const minutes = (since: string | null, now: number): number =>
	since ? Math.max(1, Math.floor((now - Date.parse(since)) / 60_000)) : 0;

export function placeText(place: LivePupil['place']): string {
	if (!place) return '';
	const n = { n: place.n, total: place.total };
	if (place.kind === 'quiz') return m.monitor_at_quiz(n);
	return place.kind === 'practice' ? m.monitor_at_practice(n) : m.monitor_at_card(n);
}

export const CATEGORIES = {
	name_fix: m.incident_name_fix,
	end_not_seen: m.incident_end_not_seen,
	out_of_time: m.incident_out_of_time,
	simulator_hidden: m.incident_simulator_hidden,
	file_not_open: m.incident_file_not_open,
	site_blocked: m.incident_site_blocked,
	link_dead: m.incident_link_dead,
	other: m.incident_other
};
const REASONS: Record<string, () => string> = {
	wrong_key: m.alert_reason_wrong_key,
	unclear: m.alert_reason_unclear,
	not_shown: m.alert_reason_not_shown,
	question_fine: m.alert_reason_question_fine,
	explained: m.alert_reason_explained,
	device_mended: m.alert_reason_device_mended,
	broken: m.alert_reason_broken,
	outdated: m.alert_reason_outdated,
	left_room: m.end_reason_left_room,
	not_own_work: m.end_reason_not_own_work,
	technical: m.end_reason_technical,
	other: m.alert_reason_other
};
export const reasonText = (reason: string): string => REASONS[reason]?.() ?? '';
const KINDS: Record<string, () => string> = {
	invigilated: m.record_invigilated,
	open_to_all: m.record_open_to_all,
	confirm: m.record_confirm,
	pause: m.record_pause,
	resume: m.record_resume,
	end: m.record_end,
	alert_accepted: m.record_alert_accepted,
	alert_replaced: m.record_alert_replaced,
	alert_refused: m.record_alert_refused,
	helped: m.record_helped
};
export const kindText = (kind: string): string => KINDS[kind]?.() ?? kind;
