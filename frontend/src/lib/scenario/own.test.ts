import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunHead } from '../api/scenario.ts';
import { useAccount, wipe } from '../offline/db.ts';
import { parseLog } from './engine.ts';
import { newRun, newRunId } from './keep.ts';
import { KEPT_RUNS, keepOwn, ownRun, withOwn } from './own.ts';
import { Play } from './play.svelte.ts';
import type { Scenario } from './types.ts';

const { scenarios } = JSON.parse(
	readFileSync(
		new URL('../../../../curriculum/scenario/testdata/vectors.json', import.meta.url),
		'utf8'
	)
) as { scenarios: Scenario[] };
const example = { ...scenarios[1]!, hash: 'h1' };
const played = (id = newRunId(example)) =>
	new Play(example, {
		...newRun('c', example, id, 'alone'),
		log: parseLog(['open_fake', 'saw.f_link', 'report_fake'])
	});
const numbered = (n: number) => `0190a000-0000-7000-8000-${String(n).padStart(12, '0')}`;

beforeEach(async () => {
	useAccount('anna');
	await wipe();
});

describe('a run kept on this device', () => {
	it('is watched again with the version it was played on and the score of the engine', async () => {
		const play = played();
		await keepOwn('c', play);
		const own = await ownRun(play.id);
		expect(own).toMatchObject({
			scenario: { key: example.key, hash: 'h1' },
			variant: play.variant,
			mode: 'alone',
			intact: true,
			counts: false,
			result: play.machine.grade(play.run)
		});
		expect(own!.log).toEqual([...play.log]);
	});
	it('is not changed by seeing its end once more', async () => {
		const play = played();
		await keepOwn('c', play);
		const first = await ownRun(play.id);
		await new Promise((done) => setTimeout(done, 5));
		await keepOwn('c', play);
		expect((await ownRun(play.id))!.finished_at).toBe(first!.finished_at);
	});
	it('belongs to the one who played it', async () => {
		const play = played();
		await keepOwn('c', play);
		useAccount('binh');
		expect(await ownRun(play.id)).toBeNull();
		expect(await withOwn([])).toEqual([]);
	});
	it('stands in the list until the server has it, newest first', async () => {
		const [a, b] = [played(), played()];
		await keepOwn('c', a);
		await new Promise((done) => setTimeout(done, 5));
		await keepOwn('c', b);
		const head = { id: a.id, finished_at: '2020-01-01T00:00:00Z', counts: true } as RunHead;
		const list = await withOwn([head]);
		expect(list.map((run) => [run.id, run.local ?? false])).toEqual([
			[b.id, true],
			[a.id, false]
		]);
	});
	it('makes room for later ones', async () => {
		for (let n = 0; n < KEPT_RUNS + 2; n++) await keepOwn('c', played(numbered(n)));
		expect(await ownRun(numbered(1))).toBeNull();
		expect(await ownRun(numbered(2))).not.toBeNull();
		expect(await withOwn([])).toHaveLength(KEPT_RUNS);
	});
});
