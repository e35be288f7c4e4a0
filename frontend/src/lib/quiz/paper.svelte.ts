// The open quiz on screen: which answers there are, where the pupil is, what is saved.
// Joins the pure queue to the device's store, the API and the page.
import { newId, serverNow } from '../api/client.ts';
import { postAnswers, putAnswer, putPosition } from '../api/student.ts';
import type { Attempt, QuestionView, Response } from '../api/types.ts';
import { answerStore, forget, inUse, keep, kept } from '../offline/db.ts';
import { AnswerQueue, type SaveState } from './queue.ts';
import { isComplete, isSendable } from './response.ts';

export class Paper {
	readonly attempt: Attempt;
	/** A question that stands in for a broken one comes behind the others: see grow. */
	items = $state.raw<QuestionView[]>([]);
	responses = $state.raw<Record<number, Response>>({});
	index = $state(0);
	/** Save state by slot, copied from the queue whenever it changes. */
	states = $state.raw<Record<number, SaveState>>({});
	worst = $state<SaveState>('empty');
	pending = $state(0);
	waiting = $state(false);
	stopped = $state<string | null>(null);

	readonly #queue: AnswerQueue;
	/** Begun but not yet sendable (a verdict without its reason): on this device only. */
	#drafts: Record<number, Response> = {};

	constructor(attempt: Attempt, slot: number) {
		this.attempt = attempt;
		this.items = attempt.items;
		this.index = Math.max(
			0,
			attempt.items.findIndex((item) => item.slot === slot)
		);
		for (const answer of attempt.answers)
			this.responses = { ...this.responses, [answer.slot]: answer.response };
		this.#queue = new AnswerQueue(
			attempt.id,
			attempt.last_seq,
			attempt.answers.map((answer) => answer.slot),
			{
				store: answerStore,
				send: (entry) => putAnswer(attempt.id, entry.seq, entry.slot, entry.response),
				sendMany: (entries) =>
					postAnswers(
						attempt.id,
						entries.map(({ seq, slot: s, response, at }) => ({
							seq,
							slot: s,
							response,
							client_at: at.replace(/\.\d+Z$/, 'Z')
						}))
					),
				newId,
				// The server's clock as far as known: the device's may be wrong, and what it says
				// decides over an answer that comes late.
				// eslint-disable-next-line svelte/prefer-svelte-reactivity -- a point in time, never changed
				now: () => new Date(serverNow()),
				later: (ms, work) => {
					const timer = setTimeout(work, ms);
					return () => clearTimeout(timer);
				},
				changed: () => this.#copy()
			}
		);
		inUse.add(attempt.id);
		this.#copy();
	}

	get question(): QuestionView | undefined {
		return this.items[this.index];
	}
	/** Where the pupil is, for a report of the question. */
	get place() {
		return {
			course_key: this.attempt.course_key,
			question_key: this.question?.question_key ?? '',
			attempt_id: this.attempt.id,
			place: 'quiz' as const
		};
	}
	get answered(): number {
		return this.items.filter((item) => this.complete(item)).length;
	}
	complete(item: QuestionView): boolean {
		return isComplete(item, this.responses[slotOf(item)]);
	}

	/** The quiz as the server has it by now: it may have one question more. */
	grow(items: QuestionView[]): void {
		if (items.length <= this.items.length) return;
		this.items = items;
		this.#copy();
	}
	/** Takes up answers and drafts left on this device by an earlier visit. */
	async restore(): Promise<void> {
		const left = await this.#queue.restore();
		const drafts = (await kept<Record<number, Response>>(this.#draftName).catch(() => null))?.value;
		this.#drafts = drafts ?? {};
		this.responses = { ...this.responses, ...Object.fromEntries(left), ...this.#drafts };
		this.#copy();
	}
	answer(item: QuestionView, response: Response): void {
		const slot = slotOf(item);
		this.responses = { ...this.responses, [slot]: response };
		if (isSendable(item, response)) {
			if (slot in this.#drafts) this.#draft(slot, null);
			void this.#queue.answer(slot, response);
		} else this.#draft(slot, response);
	}
	go(index: number): void {
		if (index < 0 || index >= this.items.length || index === this.index) return;
		this.index = index;
		const slot = slotOf(this.items[index]);
		keep(`position:${this.attempt.id}`, slot).catch(() => undefined);
		// The place is a comfort, not an answer: a failure needs no word.
		putPosition(this.attempt.id, slot).catch(() => undefined);
		void this.#queue.flush();
	}
	async flush(): Promise<void> {
		await this.#queue.flush();
		// The first may have joined a try already under way.
		if (this.#queue.pending > 0 && !this.#queue.stopped) await this.#queue.flush();
	}
	close(): void {
		inUse.delete(this.attempt.id);
		this.#queue.close();
	}
	/** After submission nothing of this attempt needs to stay on the device. */
	async finish(): Promise<void> {
		const id = this.attempt.id;
		await Promise.all([`attempt:${id}`, `position:${id}`, this.#draftName].map(forget)).catch(
			() => undefined
		);
	}

	get #draftName(): string {
		return `drafts:${this.attempt.id}`;
	}
	#draft(slot: number, response: Response | null): void {
		const { [slot]: _gone, ...others } = this.#drafts;
		this.#drafts = response ? { ...others, [slot]: response } : others;
		keep(this.#draftName, this.#drafts).then(
			() => this.#copy(),
			() => undefined
		);
		this.#copy();
	}
	#copy(): void {
		const queue = this.#queue;
		const states: Record<number, SaveState> = {};
		for (const item of this.items) {
			const slot = slotOf(item);
			states[slot] = slot in this.#drafts ? 'local' : queue.state(slot);
		}
		this.states = states;
		const order: SaveState[] = ['refused', 'unsaved', 'local', 'saved'];
		this.worst = order.find((s) => Object.values(states).includes(s)) ?? 'empty';
		this.pending = queue.pending;
		this.waiting = queue.waiting;
		this.stopped = queue.stopped;
	}
}

export const slotOf = (item: QuestionView | undefined): number => item?.slot ?? 0;
