import { describe, expect, it } from 'vitest';
import type { NewVisit, Refusal } from '../api/visits.ts';
import { BATCH, sendAll, type Deps, type Waiting } from './visitQueue.ts';

const waiting = (n: number, campaign = 'c'): Waiting => ({
	campaign,
	head: 'A',
	visit: {
		id: `v${n}`,
		household_id: 'h',
		outcome: 'taught',
		again: false,
		slip: false,
		at: '2026-11-24T01:00:00Z'
	}
});

/** A phone and a server; `lose` is asked before every answer reaches the phone. */
function world(list: Waiting[], lose: () => boolean = () => false, refuse: Refusal = '') {
	const phone = new Map(list.map((one) => [one.visit.id, one]));
	const server = new Map<string, NewVisit>();
	let calls = 0;
	const deps: Deps = {
		all: () => Promise.resolve([...phone.values()]),
		put: (one) => Promise.resolve(void phone.set(one.visit.id, one)),
		remove: (id) => Promise.resolve(void phone.delete(id)),
		send(_, visits) {
			calls++;
			expect(visits.length).toBeLessThanOrEqual(BATCH);
			for (const visit of visits) server.set(visit.id, visit);
			if (lose()) return Promise.reject(new Error('offline'));
			return Promise.resolve({ items: visits.map(({ id }) => ({ id, refusal: refuse })) });
		}
	};
	return { phone, server, deps, calls: () => calls };
}

describe('sendAll', () => {
	it('sends by campaign and in parts, and forgets what has a receipt', async () => {
		const list = Array.from({ length: 450 }, (_, n) => waiting(n, n < 5 ? 'd' : 'c'));
		const w = world(list);
		expect(await sendAll(w.deps)).toBe(450);
		expect([w.phone.size, w.server.size, w.calls()]).toEqual([0, 450, 4]);
	});
	it('loses nothing and doubles nothing when answers are lost', async () => {
		let n = 0;
		const w = world(
			Array.from({ length: 300 }, (_, i) => waiting(i)),
			() => n++ % 2 === 0
		);
		let tries = 0;
		while (w.phone.size > 0 && tries++ < 10) await sendAll(w.deps).catch(() => undefined);
		expect([w.phone.size, w.server.size]).toEqual([0, 300]);
	});
	it('keeps a refused visit with its reason and sends it no more', async () => {
		const w = world([waiting(1)], () => false, 'removed');
		await sendAll(w.deps);
		expect(w.phone.get('v1')?.refusal).toBe('removed');
		await sendAll(w.deps);
		expect(w.calls()).toBe(1);
	});
});
