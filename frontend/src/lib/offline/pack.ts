// A skill taken along: lessons, pictures, glossary and practice of one course. The parts are
// kept under the names that the pages read anyway, so that they open without knowing of it.
import { coursePack, picture } from '../api/offline.ts';
import { asProblem } from '../api/problem.ts';
import type { ScenarioHead } from '../api/scenario.ts';
import type { Kind, Picture } from '../api/types.ts';
import { mediaUrl } from '../quiz/media.ts';
import type { Scenario } from '../scenario/types.ts';
import { forget, keep, kept, keptNames, mediaCache } from './db.ts';

interface Part {
	text: string;
	sign: boolean;
	feedback: string;
}
interface Choice {
	text: string;
	correct: boolean;
	feedback?: string;
}
/** A practice question with its answers: the content's own form (curriculum.Question). */
export interface PackQuestion {
	key: string;
	hash: string;
	objective: string;
	/** The question that follows the worked example, if the author named one. */
	twin?: string;
	kind: Kind;
	stem: string;
	hints: string[] | null;
	explain: string;
	worked_example?: string;
	image?: Picture;
	options?: Choice[];
	answer?: boolean;
	wrong_feedback?: string;
	pairs?: { left: string; right: string; feedback: string }[];
	extra?: Choice[];
	message?: { channel: string; sender: string; time?: string; parts: Part[] };
	spots?: (Omit<Part, 'text'> & { x: number; y: number; w: number; h: number; label: string })[];
}

/** What this device has of a course. */
export interface Taken {
	hash: string;
	bytes: number;
	at: string;
	lessons: string[];
	media: string[];
}
export async function taken(course: string): Promise<Taken | null> {
	return (await kept<Taken>(`pack:${course}`).catch(() => null))?.value ?? null;
}
export const takenCourses = async (): Promise<string[]> =>
	(await keptNames('pack:').catch(() => [])).map((name) => name.slice(5));

/** Not enough room, asked before or found out while writing. */
export class NoRoom extends Error {}
const isQuota = (error: unknown) =>
	error instanceof NoRoom || (error instanceof Error && /quota/i.test(error.name));

/** Asks the browser not to clear what is kept; tells whether the bytes fit. */
export async function roomFor(bytes: number): Promise<boolean> {
	const storage = globalThis.navigator?.storage;
	await storage?.persist?.().catch(() => false);
	const known = await storage?.estimate?.().catch(() => null);
	if (!known?.quota) return true;
	return known.quota - (known.usage ?? 0) > bytes * 1.3;
}

/** Downloads a course and keeps it; half a course is never left behind. */
export async function take(
	course: string,
	bytes: number,
	progress: (share: number) => void
): Promise<Taken> {
	progress(0);
	if (!(await roomFor(bytes))) throw new NoRoom();
	const pack = await coursePack(course);
	const text = JSON.stringify(pack).length;
	const total = pack.media.reduce((sum, m) => sum + m.bytes, text) || 1;
	let done = text;
	progress(done / total);
	const names = pack.media.map((m) => m.name);
	try {
		// Absent over plain http, where pages do not open without the network either.
		const cache = globalThis.caches ? await caches.open(mediaCache()) : null;
		for (const m of pack.media) {
			const reply = await picture(m.name);
			await cache?.put(mediaUrl(m.name), reply);
			done += m.bytes;
			progress(done / total);
		}
		for (const lesson of pack.lessons) await keep(`lesson:${course}/${lesson.key}`, lesson);
		await keep(`course:${course}`, pack.course);
		await keep(`questions:${course}`, pack.questions);
		for (const s of pack.scenarios) await keep(`scenario:${course}/${s.key}`, s);
		// The list with what was reached before, if it was ever seen; else as one never tried.
		const list = await kept(`scenarios:${course}`).catch(() => null);
		if (!list) await keep(`scenarios:${course}`, { items: pack.scenarios.map(untried) });
		const mine: Taken = {
			hash: pack.course.hash,
			bytes: total,
			at: new Date().toISOString(),
			lessons: pack.lessons.map((lesson) => lesson.key),
			media: names
		};
		await keep(`pack:${course}`, mine);
		return mine;
	} catch (error) {
		if (!(await taken(course))) await clear(course, names);
		throw isQuota(error) ? new NoRoom() : asProblem(error);
	}
}

const untried = (s: Scenario): ScenarioHead => ({
	key: s.key,
	title: s.title,
	title_en: s.title_en,
	summary: s.summary,
	summary_en: s.summary_en,
	minutes: s.minutes,
	objective: s.objective,
	hash: s.hash ?? '',
	runs: 0,
	best: null,
	alone_passed: false
});

/** Gives the room back. What other courses still show stays. */
export async function remove(course: string): Promise<void> {
	const mine = await taken(course);
	await forget(`pack:${course}`);
	await clear(course, mine?.media ?? [], mine?.lessons);
}
async function clear(course: string, media: string[], lessons?: string[]): Promise<void> {
	const names = lessons ?? (await keptNames(`lesson:${course}/`)).map((n) => n.split('/')[1] ?? '');
	const scenarios = await keptNames(`scenario:${course}/`).catch(() => []);
	await Promise.all([
		...names.map((key) => forget(`lesson:${course}/${key}`)),
		...scenarios.map(forget),
		forget(`questions:${course}`),
		forget(`scenarios:${course}`)
	]).catch(() => undefined);
	if (!globalThis.caches) return;
	const others = await Promise.all((await takenCourses()).map(taken));
	const needed = new Set(others.flatMap((other) => other?.media ?? []));
	const cache = await caches.open(mediaCache());
	for (const name of media) if (!needed.has(name)) await cache.delete(mediaUrl(name));
}

/** The practice questions of a course that was taken along. */
export async function packQuestions(course: string): Promise<PackQuestion[]> {
	return (await kept<PackQuestion[]>(`questions:${course}`).catch(() => null))?.value ?? [];
}
