import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '../api/problem.ts';
import type { NewRun } from '../api/scenario.ts';
import { useAccount, wipe } from '../offline/db.ts';
import { parseLog } from './engine.ts';
import {
	dropPlay,
	dropRefused,
	handIn,
	heldPlay,
	keepPlay,
	newRun,
	newRunId,
	refusedRuns,
	rewind,
	sendHeldRuns,
	unsentRuns
} from './keep.ts';
import { Play } from './play.svelte.ts';
import type { Scenario } from './types.ts';
import { pickVariant } from './variant.ts';

const record = vi.hoisted(() => vi.fn<(body: NewRun) => Promise<unknown>>());
vi.mock('../api/scenario.ts', () => ({ recordRun: record }));

const { scenarios } = JSON.parse(
	readFileSync(
		new URL('../../../../curriculum/scenario/testdata/vectors.json', import.meta.url),
		'utf8'
	)
) as { scenarios: Scenario[] };
const example = scenarios[1]!;
const run = () => {
	const made = newRun('c', example, newRunId(example), 'alone');
	return { ...made, log: parseLog(['open_fake', 'saw.f_link', 'report_fake']) };
};
const offline = () => Promise.reject(new ApiProblem(0, { code: 'offline' }));
const answer = (body: NewRun) => Promise.resolve({ id: body.id, result: { percent: 88 } });

beforeEach(async () => {
	useAccount('anna');
	await wipe();
	record.mockReset();
});

describe('a run being played', () => {
	it('is found again after a reload, by its own account only', async () => {
		const mine = run();
		expect(await keepPlay(mine)).toBe(true);
		expect(await heldPlay('c', example.key)).toEqual(mine);
		useAccount('binh');
		expect(await heldPlay('c', example.key)).toBeNull();
		useAccount('anna');
		await dropPlay('c', example.key);
		expect(await heldPlay('c', example.key)).toBeNull();
	});
	it('goes on at the same step', () => {
		const play = new Play(example, run());
		expect(play.run.screen).toBe('inbox');
		play.act(example.screens[0]!.elements![1]!.actions![0]!);
		expect(new Play(example, play.kept('c')).run.screen).toBe('lan');
	});
	it('is not resumed from a log of another version', () => {
		expect(() => new Play(example, { ...run(), log: parseLog(['no_such_thing']) })).toThrow();
	});
});

describe('playing', () => {
	const inbox = example.screens[0]!;
	const fresh = (mode: 'guided' | 'assisted' | 'alone' = 'assisted') =>
		new Play(example, { ...newRun('c', example, newRunId(example), mode), ticks: [] });
	it('says what an action leads to, and why it could not be done', () => {
		const play = fresh();
		play.act(inbox.actions![0]!);
		expect(play.said).toEqual({ text: 'Còn tin chưa xử lý.', blocked: true });
		play.act(inbox.elements![0]!.actions![0]!);
		expect(play.said).toBeNull();
		expect(play.run.screen).toBe('fake');
	});
	it('keeps its words on screen while a field is filled or something is looked at', () => {
		const play = new Play(example, {
			...run(),
			log: parseLog(['open_fake', 'click_link', 'leave_site'])
		});
		const [from] = example.screens[1]!.elements!;
		play.act(example.screens[1]!.actions![0]!);
		expect(play.said?.text).toContain('Đã báo cáo');
		play.act(example.screens[0]!.elements![1]!.actions![0]!);
		expect(play.said).toBeNull();
		const site = new Play(example, { ...run(), log: parseLog(['open_fake', 'click_link']) });
		site.said = { text: 'x', blocked: false };
		site.set(example.screens[2]!.elements![0]!, '123456');
		expect(site.said).not.toBeNull();
		expect(site.seen(from!)).toBe(false);
	});
	it('times never run backwards, whatever the clock does', () => {
		const play = new Play(example, { ...run(), began: Date.now() + 1_000_000 });
		play.act(inbox.elements![1]!.actions![0]!);
		expect(play.log.at(-1)!.at).toBe(2000);
		const old = new Play(example, { ...run(), began: 0 });
		old.act(inbox.elements![1]!.actions![0]!);
		expect(old.log.at(-1)!.at).toBe(86_400_000);
	});
	it('looks once, asks once in a row, enters only what changes something', () => {
		const play = fresh();
		play.hint();
		play.hint();
		expect(play.run.hints).toBe(1);
		expect(play.asked).toBe(true);
		play.act(inbox.elements![0]!.actions![0]!);
		const link = example.screens[1]!.elements![2]!;
		play.look(link);
		play.look(link);
		expect(play.seen(link)).toBe(true);
		play.act(link.actions![0]!);
		const code = example.screens[2]!.elements![0]!;
		expect(play.set(code, '')).toBe(true);
		expect(play.set(code, '123456')).toBe(true);
		expect(play.set(code, '12-34-56')).toBe(true);
		expect(play.set(code, 'x'.repeat(121))).toBe(false);
		expect(play.log.map((e) => e.do)).toEqual([
			'hint',
			'open_fake',
			'saw.f_link',
			'click_link',
			'set.code'
		]);
	});
	it('ticks belong to the pupil and are no part of the log', () => {
		const play = fresh();
		play.tick(1);
		play.tick(0);
		play.tick(1);
		expect(play.ticks).toEqual([0]);
		expect(play.log).toEqual([]);
	});
});

describe('ids', () => {
	it('another run plays another variant', () => {
		for (let n = 0; n < 20; n++)
			expect(pickVariant(example, newRunId(example, { not: 'qua' }))).toBe('bhyt');
	});
	it('with one variant only, that one is played', () => {
		const single = { ...example, variants: [example.variants[0]!] };
		expect(pickVariant(single, newRunId(single, { not: 'qua' }))).toBe('qua');
	});
	it('rewinding plays the same variant under a new id, and says so', () => {
		const mine = run();
		const variant = pickVariant(example, mine.id);
		const back = rewind(mine, example, variant, 2);
		expect(back.id).not.toBe(mine.id);
		expect(pickVariant(example, back.id)).toBe(variant);
		expect(back).toMatchObject({ rewound: true, mode: 'alone' });
		expect(back.log).toEqual(mine.log.slice(0, 2));
		const play = new Play(example, back);
		expect(play.mode).toBe('assisted');
		play.act(example.screens[1]!.actions![0]!);
		expect(play.log.at(-1)!.at).toBeGreaterThanOrEqual(1000);
		expect(play.log.at(-1)!.at).toBeLessThan(3000);
	});
});

describe('a finished run', () => {
	it('is sent, and no longer kept', async () => {
		record.mockImplementation(answer);
		const mine = run();
		expect(await handIn(mine)).toMatchObject({ state: 'saved', run: { id: mine.id } });
		expect(await unsentRuns()).toBe(0);
		expect(record.mock.calls[0]![0]).toEqual({
			id: mine.id,
			course_key: 'c',
			scenario_key: example.key,
			scenario_hash: example.hash,
			mode: 'alone',
			rewound: false,
			log: mine.log
		});
	});
	it('is kept without a network and sent once it is back', async () => {
		record.mockImplementation(offline);
		const mine = run();
		expect(await handIn(mine)).toEqual({ state: 'local' });
		await sendHeldRuns();
		expect(await unsentRuns()).toBe(1);
		record.mockImplementation(answer);
		await Promise.all([sendHeldRuns(), sendHeldRuns()]);
		expect(await unsentRuns()).toBe(0);
		expect(record.mock.calls.map(([body]) => body.id)).toEqual([mine.id, mine.id, mine.id]);
	});
	it('a server that cannot answer is no refusal', async () => {
		record.mockRejectedValue(new ApiProblem(500, { code: 'internal' }));
		expect(await handIn(run())).toEqual({ state: 'local' });
		expect(await unsentRuns()).toBe(1);
	});
	it.each([
		[409, 'out_of_date'],
		[409, 'log_reused'],
		[422, 'invalid']
	])('refused with %i %s it is not sent again, and the reason stays', async (status, code) => {
		record.mockRejectedValue(new ApiProblem(status, { code }));
		const mine = run();
		expect(await handIn(mine)).toEqual({ state: 'refused', code });
		expect(await unsentRuns()).toBe(0);
		expect(await refusedRuns()).toEqual([
			{ id: mine.id, course: 'c', scenario: example.key, code }
		]);
		await dropRefused(mine.id);
		expect(await refusedRuns()).toEqual([]);
	});
	it('belongs to the account that played it', async () => {
		record.mockImplementation(offline);
		await handIn(run());
		useAccount('binh');
		record.mockClear();
		await sendHeldRuns();
		expect(record).not.toHaveBeenCalled();
	});
});
