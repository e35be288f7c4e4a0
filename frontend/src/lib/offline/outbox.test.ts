import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '../api/problem.ts';
import type { Response } from '../api/types.ts';
import { answerStore, inUse, keep, kept, unsentAnswers, useAccount, wipe } from './db.ts';
import { refusals } from './late.ts';
import { heldSubmission, holdSubmission, sendAll } from './outbox.ts';

interface Wire {
	seq: number;
	slot: number;
	response: Response;
	client_at?: string;
}
/** A server that keeps the contract of answers, late answers and submission. */
const server = {
	down: false,
	/** Does the work but loses the reply, once. */
	lose: '' as string,
	state: 'open' as 'open' | 'closed' | 'submitted',
	log: [] as Wire[],
	last: 0,
	deadline: '',
	batch: null as null | { id: string; report: unknown },
	refuse: '',
	submissions: 0,
	settled: false,
	calls: [] as string[]
};
function reach(what: string): void {
	server.calls.push(what);
	if (server.down) throw new ApiProblem(0, { code: 'offline' });
}
function reply<T>(what: string, value: T): T {
	if (server.lose === what) {
		server.lose = '';
		throw new ApiProblem(0, { code: 'offline' });
	}
	return value;
}
function close(): void {
	server.state = 'closed';
	server.last++; // the closing row
}
vi.mock('../api/student.ts', () => ({
	putAnswer: async (_id: string, seq: number, slot: number, response: Response) => {
		reach('put');
		const before = server.log.find((e) => e.seq === seq);
		if (before && JSON.stringify(before.response) === JSON.stringify(response)) return;
		if (server.state !== 'open') throw new ApiProblem(409, { code: 'closed' });
		if (seq !== server.last + 1)
			throw new ApiProblem(409, { code: 'out_of_date', last_seq: server.last });
		server.log.push({ seq, slot, response });
		server.last = seq;
		await Promise.resolve();
	},
	postAnswers: async (_id: string, answers: Wire[]) => {
		reach('post');
		await Promise.resolve();
		const report = { acked: [] as number[], last_seq: 0, rejected: [] as object[] };
		for (const a of answers) {
			const same = server.log.some((e) => e.seq === a.seq && e.slot === a.slot);
			if (!same && server.state !== 'open') report.rejected.push({ seq: a.seq, code: 'closed' });
			else if (!same && a.seq !== server.last + 1)
				report.rejected.push({ seq: a.seq, code: 'out_of_date' });
			else {
				if (!same) server.log.push(a);
				server.last = Math.max(server.last, a.seq);
				report.acked.push(a.seq);
			}
		}
		report.last_seq = server.last;
		return reply('post', report);
	},
	sendLate: async (_id: string, body: { id: string; answers: Wire[] }) => {
		reach('late');
		await Promise.resolve();
		if (server.batch?.id === body.id) return server.batch.report;
		if (server.refuse) throw new ApiProblem(409, { code: server.refuse });
		if (body.answers.some((a, i) => a.seq !== server.last + 1 + i))
			throw new ApiProblem(409, { code: 'out_of_date', last_seq: server.last });
		const good = body.answers.filter((a) => a.client_at! <= server.deadline);
		server.log.push(...good);
		server.last += good.length + 1;
		const report = {
			accepted: good.length > 0,
			acked: good.map((a) => a.seq),
			last_seq: server.last,
			rejected: body.answers
				.filter((a) => !good.includes(a))
				.map((a) => ({ seq: a.seq, code: 'after_deadline' }))
		};
		server.batch = { id: body.id, report };
		return reply('late', report);
	},
	submit: async () => {
		reach('submit');
		await Promise.resolve();
		server.submissions++;
		if (server.state === 'open') server.state = 'submitted';
		const awaited = server.state === 'closed' && !server.batch && !server.settled;
		return reply('submit', { awaited });
	},
	settle: async () => {
		reach('settle');
		await Promise.resolve();
		server.settled = true;
	},
	putProgress: () => Promise.reject(new ApiProblem(0, { code: 'offline' }))
}));
vi.mock('../api/offline.ts', () => ({
	recordTries: () => Promise.resolve({ acked: [], rejected: [] })
}));

/** Answers given without a network: slots 1..n, numbered from first. */
async function give(n: number, first = 1, at = '2026-11-23T01:10:00.123Z'): Promise<void> {
	for (let i = 0; i < n; i++)
		await answerStore.put({
			id: `e${first + i}`,
			attempt: 'a',
			seq: first + i,
			slot: i + 1,
			response: { choice: String(i + 1) },
			at
		});
}
const graded = () => new Map(server.log.map((e) => [e.slot, e.response.choice]));

beforeEach(async () => {
	useAccount('anna');
	await wipe();
	inUse.clear();
	Object.assign(server, {
		down: false,
		lose: '',
		state: 'open',
		log: [],
		last: 0,
		deadline: '2026-11-23T01:20:00Z',
		batch: null,
		refuse: '',
		submissions: 0,
		settled: false,
		calls: []
	});
});

describe('the outbox', () => {
	it('sends answers and then the submission made without a network, once', async () => {
		await give(3);
		await holdSubmission('a', 'Bài');
		server.down = true;
		expect(await sendAll()).toEqual({ sent: [], waiting: ['a'] });
		expect(await heldSubmission('a')).not.toBeNull();
		expect(await unsentAnswers()).toBe(3);
		server.down = false;
		expect(await sendAll()).toEqual({ sent: ['a'], waiting: [] });
		expect(server.submissions).toBe(1);
		expect([...graded()]).toEqual([
			[1, '1'],
			[2, '2'],
			[3, '3']
		]);
		expect(await heldSubmission('a')).toBeNull();
		expect(await sendAll()).toEqual({ sent: [], waiting: [] });
		expect(server.submissions).toBe(1);
	});

	it('does not hand in what the pupil has not handed in', async () => {
		await give(2);
		await sendAll();
		expect(server.submissions).toBe(0);
		expect(server.last).toBe(2);
	});

	it.each(['post', 'late', 'submit'])('a lost reply of %s changes nothing', async (what) => {
		if (what === 'late') {
			server.last = 4;
			close();
		}
		await give(3, what === 'late' ? 5 : 1);
		await holdSubmission('a', 'Bài');
		server.lose = what;
		expect((await sendAll()).waiting).toEqual(['a']);
		expect((await sendAll()).sent).toEqual(['a']);
		expect(server.log.length).toBe(3);
		expect(graded().get(3)).toBe('3');
		expect(await unsentAnswers()).toBe(0);
	});

	it('brings a quiz that was closed meanwhile as one late batch, numbered anew', async () => {
		server.last = 4;
		close();
		await give(3, 5);
		await holdSubmission('a', 'Bài');
		expect((await sendAll()).sent).toEqual(['a']);
		expect(server.log.map((e) => e.seq)).toEqual([6, 7, 8]);
		expect(server.log[0]?.client_at).toBe('2026-11-23T01:10:00Z');
		expect(server.settled).toBe(false);
		expect(await kept('late:a')).toBeNull();
	});

	it('a late batch without a submission comes too: the time was up', async () => {
		close();
		await give(2, 1);
		await sendAll();
		expect(server.batch).not.toBeNull();
		expect(await unsentAnswers()).toBe(0);
	});

	it('says which answers were given after the time, and keeps the word until it is read', async () => {
		close();
		await give(2, 1);
		await answerStore.put({
			id: 'late',
			attempt: 'a',
			seq: 3,
			slot: 3,
			response: { choice: '9' },
			at: '2026-11-23T01:30:00Z'
		});
		expect((await sendAll()).sent).toEqual(['a']);
		expect(graded().has(3)).toBe(false);
		expect(await refusals()).toMatchObject([{ attempt: 'a', code: 'after_deadline', answers: 1 }]);
	});

	it.each(['results_released', 'late_taken', 'too_late', 'settled', 'submitted'])(
		'%s is told and not tried for ever',
		async (code) => {
			close();
			server.refuse = code;
			await give(2, 1);
			await holdSubmission('a', 'Bài');
			await sendAll();
			expect(await refusals()).toMatchObject([{ attempt: 'a', code, answers: 2 }]);
			server.calls = [];
			await sendAll();
			expect(server.calls).toEqual([]);
		}
	);

	it('says that nothing more comes when a closed quiz has nothing left here', async () => {
		close();
		await holdSubmission('a', 'Bài');
		expect((await sendAll()).sent).toEqual(['a']);
		expect(server.settled).toBe(true);
	});

	it('leaves alone what an open page sends by itself', async () => {
		await give(2);
		inUse.add('a');
		await sendAll();
		expect(server.calls).toEqual([]);
	});

	it('two calls at once make one round', async () => {
		await give(1);
		await holdSubmission('a', 'Bài');
		await Promise.all([sendAll(), sendAll()]);
		expect(server.submissions).toBe(1);
	});

	it('belongs to one account', async () => {
		await holdSubmission('a', 'Bài');
		await keep('x', 1);
		useAccount('binh');
		expect(await heldSubmission('a')).toBeNull();
	});
});
