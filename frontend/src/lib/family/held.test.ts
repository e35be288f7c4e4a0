import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '../api/problem.ts';
import { confirmMission, type Confirmation } from '../api/family.ts';
import { held, heldCount, hold, send, sendHeld } from './held.ts';

vi.mock('../api/family.ts', () => ({ confirmMission: vi.fn() }));
const confirm = vi.mocked(confirmMission);

class Storage {
	[key: string]: unknown;
}
/** localStorage as a browser has it: entries are own keys. */
function storage(full = false): void {
	const box = new Storage() as Storage & globalThis.Storage;
	const hidden = (name: string, value: unknown) =>
		Object.defineProperty(box, name, { value, enumerable: false });
	hidden('getItem', (key: string) => (box[key] as string | undefined) ?? null);
	hidden('setItem', (key: string, value: string) => {
		if (full) throw new Error('quota');
		box[key] = value;
	});
	hidden('removeItem', (key: string) => delete box[key]);
	vi.stubGlobal('localStorage', box);
}
const until = '2026-12-26T00:00:00Z';
const body: Confirmation = {
	id: 'one',
	kinship: 'mother',
	pin: '2580',
	device: 'own',
	agreed: true,
	log: [{ do: 'open', at: 0 }]
};
const thanks = { skill: 'self_protection' as const, counted: true, confirmed_at: until };
const offline = new ApiProblem(0, { code: 'offline' });

beforeEach(() => {
	storage();
	confirm.mockReset();
});

describe('a confirmation', () => {
	it('leaves only the answer on the device once it is acknowledged', async () => {
		confirm.mockResolvedValue(thanks);
		expect(await send('AB', { until, log: body.log }, body)).toEqual({ state: 'done', thanks });
		expect(held('AB')).toEqual({ until, done: thanks });
		expect(JSON.stringify(held('AB'))).not.toContain('2580');
	});
	it('stays when the network is gone, and is sent later with the same id', async () => {
		confirm.mockRejectedValueOnce(offline).mockResolvedValue(thanks);
		expect(await send('AB', { until }, body)).toEqual({ state: 'waiting', kept: true });
		expect(heldCount()).toBe(1);
		await sendHeld(Date.parse('2026-12-01'));
		expect(confirm.mock.calls.map(([code, sent]) => [code, sent.id])).toEqual([
			['AB', 'one'],
			['AB', 'one']
		]);
		expect(heldCount()).toBe(0);
		expect(held('AB')?.done).toEqual(thanks);
	});
	it.each([
		['a busy server', new ApiProblem(503, {})],
		['too many tries', new ApiProblem(429, {})],
		['a fault of the server', new ApiProblem(500, {})]
	])('stays after %s', async (_, problem) => {
		confirm.mockRejectedValue(problem);
		expect((await send('AB', { until }, body)).state).toBe('waiting');
		expect(held('AB')?.send?.id).toBe('one');
	});
	it('says when the device cannot keep it', async () => {
		storage(true);
		confirm.mockRejectedValue(offline);
		expect(await send('AB', { until }, body)).toEqual({ state: 'waiting', kept: false });
	});
	it('is thrown away when the code is over or used by another', async () => {
		confirm.mockRejectedValue(new ApiProblem(404, {}));
		expect(await send('AB', { until }, body)).toEqual({ state: 'over' });
		expect(held('AB')).toBeNull();
	});
	it('names the refused fields, and keeps what was played', async () => {
		confirm.mockRejectedValue(
			new ApiProblem(422, {
				errors: [
					{ location: 'body.pin', code: 'too_easy' },
					{ location: 'body.log[3]', code: 'not_here' }
				]
			})
		);
		const sent = await send('AB', { until, log: body.log }, body);
		expect(sent).toEqual({ state: 'refused', fields: { pin: 'too_easy', log: 'not_here' } });
		expect(held('AB')).toEqual({ until, log: body.log });
	});
});

describe('sending what is held', () => {
	it('stops at the first sign of no network, and drops what is over', async () => {
		hold('A1', { until, send: body });
		hold('B2', { until, send: { ...body, id: 'two' } });
		confirm.mockRejectedValue(offline);
		await sendHeld();
		expect(confirm).toHaveBeenCalledTimes(1);
		expect(heldCount()).toBe(2);
		hold('C3', { until: '2026-01-01T00:00:00Z' });
		confirm.mockResolvedValue(thanks);
		await sendHeld(Date.parse('2026-12-01'));
		expect(held('C3')).toBeNull();
		expect(heldCount()).toBe(0);
	});
	it('works once for two callers at a time', async () => {
		hold('A1', { until, send: body });
		confirm.mockResolvedValue(thanks);
		await Promise.all([sendHeld(), sendHeld()]);
		expect(confirm).toHaveBeenCalledTimes(1);
	});
	it('survives an entry that is broken, and no storage at all', async () => {
		localStorage.setItem('nhaso.family.X', '{');
		await sendHeld();
		expect(held('X')).toBeNull();
		vi.stubGlobal('localStorage', undefined);
		expect(heldCount()).toBe(0);
		await sendHeld();
	});
});
