// Dates, numbers and codes as people here write them. Times are shown in school time.
const ZONE = 'Asia/Ho_Chi_Minh';
const locale = () =>
	typeof document !== 'undefined' && document.documentElement.lang === 'en' ? 'en-GB' : 'vi-VN';

const cache = new Map<string, Intl.DateTimeFormat>();
function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = locale() + JSON.stringify(options);
	let found = cache.get(key);
	if (!found)
		cache.set(key, (found = new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...options })));
	return found;
}
function parts(iso: string): Record<string, string> {
	const at = new Date(iso);
	if (Number.isNaN(at.getTime())) return {};
	const found: Record<string, string> = {};
	for (const part of formatter({
		day: '2-digit',
		month: '2-digit',
		year: 'numeric',
		hour: '2-digit',
		minute: '2-digit',
		hour12: false
	}).formatToParts(at))
		found[part.type] = part.value;
	return found;
}

/** "23/11/2026"; an empty string for a missing or broken date. */
export function date(iso: string | null | undefined): string {
	if (!iso) return '';
	const plain = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
	if (plain) return `${plain[3]}/${plain[2]}/${plain[1]}`;
	const p = parts(iso);
	return p.day ? `${p.day}/${p.month}/${p.year}` : '';
}
/** "08:02" in school time. */
export function time(iso: string | null | undefined): string {
	if (!iso) return '';
	const p = parts(iso);
	return p.hour ? `${p.hour === '24' ? '00' : p.hour}:${p.minute}` : '';
}
/** "23/11/2026 08:02". */
export function dateTime(iso: string | null | undefined): string {
	return iso ? `${date(iso)} ${time(iso)}`.trim() : '';
}
export function number(value: number): string {
	return new Intl.NumberFormat(locale()).format(value);
}
/** Share in percent with at most one decimal; null when there is nothing to divide by. */
export function share(part: number, whole: number): number | null {
	return whole > 0 ? Math.round((part / whole) * 1000) / 10 : null;
}
/** As share, in words of a screen: some is never "0 %", and not all is never "100 %". */
export function percent(part: number, whole: number): string {
	const value = share(part, whole);
	if (value === null) return '–';
	const [sign, shown] =
		value === 0 && part > 0
			? ['<', 0.1]
			: value === 100 && part < whole
				? ['>', 99.9]
				: ['', value];
	return `${sign}${number(shown)}\u00a0%`;
}
/** Bytes as "96 KB" or "1,2 MB" (1 KB = 1000 bytes, rounded up: never a smaller promise). */
export function bytes(count: number): string {
	if (count < 1_000_000) return `${number(Math.max(1, Math.ceil(count / 1000)))} KB`;
	return `${number(Math.round(count / 100_000) / 10)} MB`;
}
/** Whole seconds left, never below zero. */
export function secondsLeft(until: string, now: number): number {
	return Math.max(0, Math.round((new Date(until).getTime() - now) / 1000));
}
/** "1:05:09" or "4:07". */
export function clock(seconds: number): string {
	const h = Math.floor(seconds / 3600);
	const mm = Math.floor((seconds % 3600) / 60);
	const ss = String(seconds % 60).padStart(2, '0');
	return h > 0 ? `${h}:${String(mm).padStart(2, '0')}:${ss}` : `${mm}:${ss}`;
}
/** A certificate or wall code in groups of four, for reading aloud and copying by hand. */
export function grouped(code: string): string {
	if (/[-\s]/.test(code)) return code;
	return code.replace(/(.{4})(?=.)/g, '$1 ');
}
/** Local date and time for <input type="datetime-local">. */
export function toLocalInput(at: Date): string {
	const shifted = new Date(at.getTime() + 7 * 3600_000);
	return shifted.toISOString().slice(0, 16);
}
/** Back from the input's value (school time, UTC+7 all year) to RFC 3339. */
export function fromLocalInput(value: string): string {
	return new Date(`${value}:00+07:00`).toISOString().replace('.000Z', 'Z');
}
/** Today's date in school time, YYYY-MM-DD. */
export function today(now: Date = new Date()): string {
	return toLocalInput(now).slice(0, 10);
}
