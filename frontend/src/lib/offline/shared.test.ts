import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { answerStore, keep, kept, unsentAnswers, unsentAttempts, useAccount } from './db.ts';
import { hasUnsent, leaveUnsent, takeUp, wipe } from './left.ts';

const entry = (id: string, attempt: string) => ({
	id,
	attempt,
	seq: 1,
	slot: 1,
	response: {},
	at: ''
});
/** A pupil goes from a shared computer. */
async function goes(): Promise<void> {
	await leaveUnsent();
	await wipe();
}
beforeEach(async () => {
	vi.useRealTimers();
	for (const who of ['anna', 'binh']) {
		useAccount(who);
		await takeUp();
	}
	await wipe();
	useAccount('anna');
});

describe('a computer that several pupils use', () => {
	it('keeps the unsent work of one who left, hides it from the next, and gives it back', async () => {
		await answerStore.put(entry('e1', 'a1'));
		await keep('submit:a1', { title: 'Bài 1', at: '' });
		await keep('home', 'của Anna');
		await keep('lesson:c/1', 'bài học');
		await goes();

		useAccount('binh');
		expect(await unsentAnswers()).toBe(0);
		expect(await unsentAttempts()).toEqual([]);
		expect(await answerStore.all('a1')).toEqual([]);
		expect(await hasUnsent()).toBe(false);
		await answerStore.put(entry('e2', 'a2'));
		await goes();

		useAccount('anna');
		await takeUp();
		expect(await answerStore.all('a1')).toEqual([entry('e1', 'a1')]);
		expect(await unsentAttempts()).toEqual(['a1']);
		expect((await kept('submit:a1'))?.value).toEqual({ title: 'Bài 1', at: '' });
		expect(await kept('home'), 'only what waits to be sent stays').toBeNull();
		expect(await kept('lesson:c/1')).toBeNull();
		// Back and sent: the next leaving leaves nothing.
		await answerStore.remove(['e1']);
		await wipe();
		expect(await kept('submit:a1')).toBeNull();
		useAccount('binh');
		expect(await unsentAttempts(), 'the other one is still waiting').toEqual(['a2']);
	});
	it('leaves nothing behind when everything is sent', async () => {
		await keep('home', 1);
		await goes();
		await answerStore.put(entry('e1', 'a1'));
		await wipe();
		expect(await unsentAnswers()).toBe(0);
	});
	it('forgets after a week, when the server would not take it any more', async () => {
		await answerStore.put(entry('e1', 'a1'));
		await goes();
		expect(await unsentAnswers()).toBe(1);
		vi.useFakeTimers({ toFake: ['Date'] });
		vi.setSystemTime(Date.now() + 8 * 24 * 60 * 60 * 1000);
		await wipe();
		expect(await unsentAnswers()).toBe(0);
	});
});
