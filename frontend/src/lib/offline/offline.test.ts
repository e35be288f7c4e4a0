import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { overwriteGetLocale } from '#paraglide/runtime.js';
import { ApiProblem } from '../api/problem.ts';
import {
	answerStore,
	forget,
	keep,
	kept,
	keptNames,
	unsentAnswers,
	useAccount,
	wipe
} from './db.ts';
import { furthest } from './progress.ts';
import { remember } from './remember.ts';

const offline = () => Promise.reject(new ApiProblem(0, { code: 'offline' }));
beforeEach(async () => {
	useAccount('anna');
	await wipe();
});

describe('what this device keeps', () => {
	it('belongs to one account', async () => {
		await keep('home', { n: 1 });
		useAccount('binh');
		expect(await kept('home')).toBeNull();
		expect(await keptNames('')).toEqual([]);
		useAccount('anna');
		expect((await kept('home'))?.value).toEqual({ n: 1 });
	});
	it('keeps what is read in each language, and falls back on the other', async () => {
		await keep('lesson:c/l', 'một');
		await keep('step:c/l', 1);
		overwriteGetLocale(() => 'en');
		expect((await kept('lesson:c/l'))?.value).toBe('một');
		await keep('lesson:c/l', 'one');
		expect(await keptNames('lesson:c/')).toEqual(['lesson:c/l']);
		expect((await kept('lesson:c/l'))?.value).toBe('one');
		// What was done is the same in both.
		expect((await kept('step:c/l'))?.value).toBe(1);
		overwriteGetLocale(() => 'vi');
		expect((await kept('lesson:c/l'))?.value).toBe('một');
		await forget('lesson:c/l');
		expect(await kept('lesson:c/l')).toBeNull();
	});
	it('is gone after signing out', async () => {
		await keep('home', 1);
		await answerStore.put({ id: 'e', attempt: 'a', seq: 1, slot: 1, response: {}, at: '' });
		await wipe();
		expect(await kept('home')).toBeNull();
		expect(await unsentAnswers()).toBe(0);
	});
	it('lists names by their beginning', async () => {
		await keep('step:c/1', 1);
		await keep('step:c/2', 1);
		await keep('home', 1);
		await forget('step:c/1');
		expect(await keptNames('step:')).toEqual(['step:c/2']);
	});
	it('answers are found by their attempt', async () => {
		await answerStore.put({
			id: '1',
			attempt: 'a',
			seq: 1,
			slot: 1,
			response: { choice: 'x' },
			at: ''
		});
		await answerStore.put({ id: '2', attempt: 'b', seq: 1, slot: 1, response: {}, at: '' });
		expect((await answerStore.all('a')).map((e) => e.response)).toEqual([{ choice: 'x' }]);
		await answerStore.remove(['1']);
		expect(await answerStore.all('a')).toEqual([]);
	});
});

describe('remember', () => {
	it('shows the server’s data and keeps a copy for later', async () => {
		expect(await remember('x', () => Promise.resolve(7))).toEqual({ data: 7, staleSince: null });
		await vi.waitFor(async () => expect(await kept('x')).not.toBeNull());
		const seen = await remember<number>('x', offline);
		expect(seen.data).toBe(7);
		expect(seen.staleSince).toMatch(/^\d{4}-/);
	});
	it('without a copy the failure stands', async () => {
		await expect(remember('x', offline)).rejects.toMatchObject({ code: 'offline' });
	});
	it('a refusal is an answer, not a reason for an old copy', async () => {
		await keep('x', 7);
		const refused = () => Promise.reject(new ApiProblem(404, {}));
		await expect(remember('x', refused)).rejects.toMatchObject({ code: 'not_found' });
	});
});

describe('the place in a lesson', () => {
	const held = { course: 'c', lesson: 'l', seq: 5, card_index: 4, done: false };
	it.each([
		['nothing anywhere', undefined, null, { seq: 0, card_index: 0, done: false }],
		[
			'the server only',
			{ seq: 3, card_index: 2, done_at: null },
			null,
			{ seq: 3, card_index: 2, done: false }
		],
		[
			'further here',
			{ seq: 3, card_index: 2, done_at: null },
			held,
			{ seq: 5, card_index: 4, done: false }
		],
		[
			'further there',
			{ seq: 9, card_index: 6, done_at: null },
			held,
			{ seq: 9, card_index: 6, done: false }
		],
		[
			'done stays done',
			{ seq: 3, card_index: 6, done_at: '2026-11-23T00:00:00Z' },
			held,
			{ seq: 5, card_index: 4, done: true }
		]
	])('%s', (_name, server, here, want) => expect(furthest(server, here)).toEqual(want));
});

describe('signing out', () => {
	it('nothing is written once the person has begun to leave, also not what was under way', async () => {
		vi.resetModules();
		const fresh = await import('./db.ts');
		fresh.useAccount('anna');
		const underWay = fresh.keep('late', 1).catch(() => undefined);
		fresh.refuseWrites();
		await fresh.wipe();
		await underWay;
		await expect(fresh.keep('later', 1)).rejects.toThrow('signed out');
		const entry = { id: 'x', attempt: 'a', seq: 1, slot: 1, response: {}, at: '' };
		await expect(fresh.answerStore.put(entry)).rejects.toThrow('signed out');
		expect(await fresh.keptNames('')).toEqual([]);
		expect(await fresh.unsentAnswers()).toBe(0);
	});
	it('a write that began before is waited for and then wiped', async () => {
		vi.resetModules();
		const fresh = await import('./db.ts');
		fresh.useAccount('anna');
		await fresh.keep('open', 1);
		const underWay = fresh.keep('under way', 1);
		await new Promise((resolve) => setTimeout(resolve, 0));
		fresh.refuseWrites();
		await fresh.wipe();
		await underWay;
		expect(await fresh.keptNames('')).toEqual([]);
	});
});
