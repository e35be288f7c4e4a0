import { beforeEach, describe, expect, it } from 'vitest';
import { ApiProblem } from '../api/problem.ts';
import { AnswerQueue, type Deps, type Entry } from './queue.ts';

/** A server that keeps the contract of PUT/POST answers, with switches for its failures. */
class Server {
	last = 0;
	taken = new Map<number, string>();
	latest = new Map<number, unknown>();
	failWith: ApiProblem | null = null;
	/** Takes the next answer but loses the reply. */
	loseReply = false;
	calls: number[][] = [];

	put(entry: Entry): void {
		if (this.failWith) throw this.failWith;
		const body = JSON.stringify([entry.slot, entry.response]);
		const before = this.taken.get(entry.seq);
		if (before !== body) {
			if (entry.seq !== this.last + 1)
				throw new ApiProblem(409, { code: 'out_of_date', last_seq: this.last });
			this.taken.set(entry.seq, body);
			this.last = entry.seq;
			this.latest.set(entry.slot, entry.response);
		}
		if (this.loseReply) {
			this.loseReply = false;
			throw new ApiProblem(0, { code: 'offline' });
		}
	}
}
const offline = new ApiProblem(0, { code: 'offline' });

let server: Server;
let disk: Map<string, Entry>;
let diskBroken: boolean;
let timers: { ms: number; work: () => void }[];

function make(lastSeq = 0, saved: number[] = []): AnswerQueue {
	let ids = 0;
	const run = `${Math.random()}`;
	const deps: Deps = {
		store: {
			all: (attempt) =>
				Promise.resolve(
					[...disk.values()].filter((e) => e.attempt === attempt).map((e) => structuredClone(e))
				),
			put: (entry) => {
				if (diskBroken) return Promise.reject(new Error('quota'));
				disk.set(entry.id, structuredClone(entry));
				return Promise.resolve();
			},
			remove: (gone) => {
				for (const id of gone) disk.delete(id);
				return Promise.resolve();
			}
		},
		send: async (entry) => {
			server.calls.push([entry.seq]);
			await Promise.resolve();
			server.put(structuredClone(entry));
		},
		sendMany: async (entries) => {
			server.calls.push(entries.map((e) => e.seq));
			await Promise.resolve();
			const acked: number[] = [];
			const rejected: { seq: number; code: string }[] = [];
			for (const entry of entries.map((e) => structuredClone(e))) {
				try {
					server.put(entry);
					acked.push(entry.seq);
				} catch (error) {
					const code = (error as ApiProblem).code;
					if (code === 'offline' || code === 'paused') throw error;
					rejected.push({ seq: entry.seq, code });
				}
			}
			return { acked, last_seq: server.last, rejected };
		},
		newId: () => `${run}-${++ids}`,
		now: () => new Date('2026-11-23T01:00:00Z'),
		later: (ms, work) => {
			const timer = { ms, work };
			timers.push(timer);
			return () => {
				timers = timers.filter((t) => t !== timer);
			};
		},
		changed: () => undefined
	};
	return new AnswerQueue('a1', lastSeq, saved, deps);
}

/** One flush may only join a try already under way: the second is a fresh one. */
async function settle(queue: AnswerQueue): Promise<void> {
	await queue.flush();
	await queue.flush();
}

beforeEach(() => {
	server = new Server();
	disk = new Map();
	diskBroken = false;
	timers = [];
});

describe('AnswerQueue', () => {
	it('keeps an answer on the device before it is sent, and says saved only when acknowledged', async () => {
		server.failWith = offline;
		const queue = make();
		await queue.answer(1, { choice: '2' });
		expect(queue.state(1)).toBe('local');
		expect([...disk.values()].map((e) => [e.slot, e.seq])).toEqual([[1, 1]]);
		server.failWith = null;
		await settle(queue);
		expect(queue.state(1)).toBe('saved');
		expect(disk.size).toBe(0);
		expect(server.latest.get(1)).toEqual({ choice: '2' });
	});

	it('keeps what is answered while the teacher has stopped the quiz, and sends it when it goes on', async () => {
		server.failWith = new ApiProblem(423, { code: 'paused', retry_after: 5 });
		const queue = make();
		await queue.answer(1, { choice: '1' });
		await queue.answer(2, { choice: '2' });
		await settle(queue);
		expect([queue.state(1), queue.state(2)]).toEqual(['local', 'local']);
		expect(queue.stopped).toBeNull();
		expect(timers[0]!.ms).toBe(5000);
		server.failWith = null;
		await settle(queue);
		expect([queue.state(1), queue.state(2)]).toEqual(['saved', 'saved']);
		expect(disk.size).toBe(0);
	});

	it('waits longer after each failure, never above half a minute, and starts again after success', async () => {
		server.failWith = offline;
		const queue = make();
		await queue.answer(1, { choice: '1' });
		await queue.flush();
		const waits: number[] = [];
		for (let i = 0; i < 6; i++) {
			const timer = timers[0]!;
			waits.push(timer.ms);
			timer.work();
			await queue.flush();
		}
		expect(waits[0]).toBeGreaterThanOrEqual(2000);
		expect(Math.max(...waits)).toBe(30_000);
		expect([...waits]).toEqual([...waits].sort((a, b) => a - b));
		expect(queue.waiting).toBe(true);
		server.failWith = null;
		await settle(queue);
		expect(queue.waiting).toBe(false);
		expect(timers).toEqual([]);
	});

	it('says unsaved while the device cannot keep the answer, and still sends it', async () => {
		diskBroken = true;
		server.failWith = offline;
		const queue = make();
		await queue.answer(3, { choice: '1' });
		expect(queue.state(3)).toBe('unsaved');
		expect(queue.worst).toBe('unsaved');
		server.failWith = null;
		await settle(queue);
		expect(queue.state(3)).toBe('saved');
	});

	it('after a reload sends what was left, with the same number, and shows it', async () => {
		server.failWith = offline;
		const first = make();
		await first.answer(1, { choice: '1' });
		await first.answer(2, { choices: ['1', '3'] });
		await first.flush();
		first.close();
		server.failWith = null;
		const second = make(0);
		const shown = await second.restore();
		expect(shown.get(2)).toEqual({ choices: ['1', '3'] });
		await second.flush();
		expect(second.pending).toBe(0);
		expect(server.latest.get(1)).toEqual({ choice: '1' });
		expect(server.last).toBe(2);
	});

	it('a reply lost after the server took the answer makes no second answer', async () => {
		const queue = make();
		server.loseReply = true;
		await queue.answer(1, { choice: '1' });
		await queue.flush();
		expect(server.last).toBe(1);
		await queue.answer(1, { choice: '2' });
		await queue.flush();
		await queue.flush();
		expect(queue.pending).toBe(0);
		expect(server.latest.get(1)).toEqual({ choice: '2' });
		expect(server.last).toBe(2);
	});

	it('changes of one slot while nothing was tried travel as one answer', async () => {
		const queue = make();
		// The first answer is on its way while the next three are given.
		const first = queue.answer(1, { choice: '1' });
		const rest = [
			queue.answer(2, { marks: ['1'] }),
			queue.answer(2, { marks: ['1', '2'] }),
			queue.answer(2, { marks: ['2'] })
		];
		await Promise.all([first, ...rest]);
		await queue.flush();
		expect(server.latest.get(2)).toEqual({ marks: ['2'] });
		expect(server.last).toBe(2);
		expect(disk.size).toBe(0);
	});

	it('numbers anew when another tab or device has written meanwhile', async () => {
		const queue = make();
		for (let seq = 1; seq <= 3; seq++)
			server.put({ id: 'x', attempt: 'a1', seq, slot: 9, response: { choice: `${seq}` }, at: '' });
		await queue.answer(1, { choice: '4' });
		await queue.flush();
		expect(queue.state(1)).toBe('saved');
		expect(server.last).toBe(4);
		expect(server.latest.get(1)).toEqual({ choice: '4' });
	});

	it('numbers anew in a batch as well', async () => {
		server.failWith = offline;
		const queue = make();
		await queue.answer(1, { choice: '1' });
		await queue.answer(2, { choice: '2' });
		await queue.flush();
		server.failWith = null;
		server.put({ id: 'x', attempt: 'a1', seq: 1, slot: 9, response: { choice: 'z' }, at: '' });
		await queue.flush();
		expect(queue.pending).toBe(0);
		expect(server.latest.get(1)).toEqual({ choice: '1' });
		expect(server.latest.get(2)).toEqual({ choice: '2' });
		expect(server.calls.some((call) => call.length === 2)).toBe(true);
	});

	it('does not spin when the server always says out of date', async () => {
		const queue = make();
		server.failWith = new ApiProblem(409, { code: 'out_of_date', last_seq: 7 });
		await queue.answer(1, { choice: '1' });
		await queue.flush();
		expect(server.calls.length).toBeLessThan(12);
		expect(queue.state(1)).toBe('local');
	});

	it.each(['closed', 'not_found', 'forbidden'])(
		'stops for good on %s and keeps the answer',
		async (code) => {
			const queue = make();
			server.failWith = new ApiProblem(409, { code });
			await queue.answer(1, { choice: '1' });
			await queue.flush();
			expect(queue.stopped).toBe(code);
			expect(queue.state(1)).toBe('refused');
			expect(disk.size).toBe(1);
			await queue.answer(2, { choice: '1' });
			expect(server.calls.length).toBe(1);
		}
	);

	it('an answer the server calls invalid does not hold up the others', async () => {
		const queue = make();
		server.failWith = new ApiProblem(422, { code: 'invalid' });
		await queue.answer(1, { choice: 'x' });
		await queue.flush();
		expect(queue.state(1)).toBe('refused');
		server.failWith = null;
		// The refused number was never taken, so the queue learns the right one.
		await queue.answer(2, { choice: '1' });
		await queue.flush();
		expect(queue.state(2)).toBe('saved');
	});

	it('an ended session keeps the answers and waits', async () => {
		const queue = make();
		server.failWith = new ApiProblem(401, { code: 'unauthenticated' });
		await queue.answer(1, { choice: '1' });
		await queue.flush();
		expect(queue.state(1)).toBe('local');
		expect(queue.pending).toBe(1);
		server.failWith = null;
		await settle(queue);
		expect(queue.state(1)).toBe('saved');
	});

	it('the page word is the worst of all answers', async () => {
		const queue = make(2, [1, 2]);
		expect(queue.worst).toBe('saved');
		server.failWith = offline;
		server.last = 2;
		await queue.answer(3, { choice: '1' });
		expect(queue.worst).toBe('local');
		expect(make().worst).toBe('empty');
	});

	it('loses nothing over random failures, reloads and a second writer', async () => {
		let seed = 7;
		const random = () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
		let queue = make();
		const want = new Map<number, unknown>();
		for (let step = 0; step < 300; step++) {
			server.failWith = random() < 0.3 ? offline : null;
			server.loseReply = random() < 0.2;
			const slot = 1 + Math.floor(random() * 5);
			const response = { choice: `${step}` };
			want.set(slot, response);
			await queue.answer(slot, response);
			if (random() < 0.2) await queue.flush();
			if (random() < 0.1) {
				await queue.flush();
				queue.close();
				queue = make(server.last);
				await queue.restore();
			}
			if (random() < 0.1) {
				await queue.flush();
				server.failWith = null;
				server.loseReply = false;
				server.put({
					id: 'o',
					attempt: 'a1',
					seq: server.last + 1,
					slot: 99,
					response: { choice: `${step}` },
					at: ''
				});
			}
		}
		server.failWith = null;
		server.loseReply = false;
		for (let i = 0; i < 10 && queue.pending > 0; i++) await queue.flush();
		expect(queue.pending).toBe(0);
		for (const [slot, response] of want) expect(server.latest.get(slot)).toEqual(response);
	});
});
