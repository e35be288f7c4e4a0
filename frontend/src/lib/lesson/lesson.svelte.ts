// Where this pupil stands in the open lesson: one small request now and then, and none outside
// a lesson. The quiz and the bar read the same state.
import { asProblem } from '../api/problem.ts';
import { callOff, callTeacher, pulse, type Lesson } from '../api/lesson.ts';
import type { Alert } from '../api/monitor.ts';
import { newId } from '../api/client.ts';
import { unsentAnswers } from '../offline/db.ts';

/** Pages say with it that the pupil has come into a lesson. */
export const JOINED = 'nhaso:lesson';

class LessonState {
	now = $state.raw<Lesson | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#asking: Promise<void> | null = null;

	/** Asks now; the server says when to ask again. */
	beat(): Promise<void> {
		clearTimeout(this.#timer);
		this.#asking ??= this.#beat().finally(() => {
			this.#asking = null;
		});
		return this.#asking;
	}
	async #beat(): Promise<void> {
		let next = 30;
		try {
			this.now = await pulse(await unsentAnswers().catch(() => 0));
			// Outside a lesson nothing is asked until a page says that one was joined.
			if (!this.now.session) return;
			next = this.now.next;
		} catch (error) {
			// Without a network what was last known stands; a refusal is not asked again, and
			// nobody is asked who is in no lesson as far as is known.
			const problem = asProblem(error);
			if (!this.now?.session || (!problem.offline && problem.status < 500)) return;
		}
		this.#timer = setTimeout(() => void this.beat(), next * 1000);
	}
	async call(): Promise<void> {
		const id = this.now?.session?.id;
		if (!id || !this.now) return;
		if (this.now.called) await callOff(id);
		else await callTeacher(id, newId());
		this.now = { ...this.now, called: !this.now.called };
	}
	/** The open quiz of the lesson, if it is this one. */
	attempt(id: string) {
		const attempt = this.now?.attempt ?? null;
		return attempt?.id === id ? attempt : null;
	}
	alertOf(id: string, slot: number | undefined): Alert | null {
		return this.attempt(id)?.alerts.find((alert) => alert.slot === slot) ?? null;
	}
}
export const lesson = new LessonState();
