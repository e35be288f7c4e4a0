// Measures from this browser what a class will need: answers, the first lesson, saves at once.
import { apiFetch, BASE } from '../api/client.ts';
import { probe, type Measured } from '../api/school.ts';
import { mediaUrl } from '../quiz/media.ts';

export type Phase = 'latency' | 'lesson' | 'saves';

/** The share of a list below which p of it lies; 0 for an empty one. */
export function quantile(values: number[], p: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)] ?? 0;
}

export const STEPS = [1, 2, 4, 8];
const EACH = 6;
const PAYLOAD = 'x'.repeat(300);

async function weigh(path: string): Promise<{ size: number; data: unknown }> {
	const reply = await apiFetch(
		new Request(new URL(BASE + path, location.origin), { cache: 'no-store' })
	);
	const text = await reply.text();
	if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
	return { size: new TextEncoder().encode(text).length, data: JSON.parse(text) as unknown };
}

/** The whole check, about half a minute on a good line and two minutes on a bad one. */
export async function measure(
	school: string,
	say: (phase: Phase, part: number) => void
): Promise<Measured> {
	const small: number[] = [];
	for (let i = 0; i < 12; i++) {
		say('latency', i / 12);
		const begin = performance.now();
		await weigh('/me');
		small.push(performance.now() - begin);
	}
	say('lesson', 0);
	const lesson = await firstLesson();
	const steps = [];
	for (const [i, atOnce] of STEPS.entries()) {
		say('saves', i / STEPS.length);
		const step = await saveStep(school, atOnce);
		steps.push(step);
		if (step.failed * 20 > step.saves || step.p95_ms > 2000) break;
	}
	say('saves', 1);
	return { latency_ms: quantile(small, 0.5), ...lesson, steps };
}

/** A course and its first lesson with the pictures, as a pupil's phone loads them the first time. */
async function firstLesson(): Promise<{ lesson_bytes: number; lesson_seconds: number }> {
	const list = (await weigh('/courses')).data as { items: { key: string }[] };
	const key = list.items[0]?.key;
	if (!key) return { lesson_bytes: 0, lesson_seconds: 0 };
	const begin = performance.now();
	const course = await weigh(`/courses/${key}`);
	const first = (course.data as { lessons: { key: string }[] }).lessons[0];
	let size = course.size;
	if (first) {
		const lesson = await weigh(`/courses/${key}/lessons/${first.key}`);
		size += lesson.size;
		const pictures = new Set(
			[...JSON.stringify(lesson.data).matchAll(/"src":"([^"\\]+)"/g)].map((found) => found[1] ?? '')
		);
		for (const src of [...pictures].slice(0, 20)) {
			const url = new URL(mediaUrl(src), location.origin);
			const reply = await apiFetch(new Request(url, { cache: 'no-store' }));
			if (reply.ok) size += (await reply.blob()).size;
		}
	}
	return { lesson_bytes: size, lesson_seconds: (performance.now() - begin) / 1000 };
}

/** So many saves at the same time, six rounds of them, each waiting for its acknowledgement. */
async function saveStep(school: string, atOnce: number) {
	const times: number[] = [];
	let failed = 0;
	const begin = performance.now();
	await Promise.all(
		Array.from({ length: atOnce }, async (_, slot) => {
			for (let i = 0; i < EACH; i++) {
				const from = performance.now();
				try {
					await probe(school, slot, PAYLOAD);
				} catch {
					failed++;
				}
				times.push(performance.now() - from);
			}
		})
	);
	return {
		at_once: atOnce,
		saves: times.length,
		failed,
		seconds: (performance.now() - begin) / 1000,
		p95_ms: Math.min(quantile(times, 0.95), 120_000)
	};
}
