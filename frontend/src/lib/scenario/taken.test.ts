import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { beforeEach, expect, it, vi } from 'vitest';
import { keep, kept, keptNames, useAccount, wipe } from '../offline/db.ts';
import { remove, take } from '../offline/pack.ts';
import type { Scenario } from './types.ts';

const pack = vi.hoisted(() => vi.fn());
vi.mock('../api/offline.ts', () => ({ coursePack: pack, picture: vi.fn() }));

const { scenarios } = JSON.parse(
	readFileSync(
		new URL('../../../../curriculum/scenario/testdata/vectors.json', import.meta.url),
		'utf8'
	)
) as { scenarios: Scenario[] };

beforeEach(async () => {
	useAccount('anna');
	await wipe();
	pack.mockResolvedValue({
		course: { hash: 'h', lessons: [] },
		lessons: [],
		questions: [],
		scenarios,
		media: []
	});
});

it('a course taken along brings its scenarios under the names that their pages read', async () => {
	await take('c', 1, () => undefined);
	expect((await kept<Scenario>('scenario:c/nasty'))?.value.screens).toHaveLength(3);
	const list = await kept<{ items: { key: string; runs: number }[] }>('scenarios:c');
	expect(list?.value.items.map((h) => [h.key, h.runs])).toEqual([
		['nasty', 0],
		['hop_thu', 0]
	]);
});
it('what was reached before is not forgotten by it', async () => {
	await keep('scenarios:c', { items: [{ key: 'nasty', runs: 3, alone_passed: true }] });
	await take('c', 1, () => undefined);
	expect((await kept('scenarios:c'))?.value).toMatchObject({ items: [{ runs: 3 }] });
});
it('giving the room back takes the scenarios along, not the run being played', async () => {
	await take('c', 1, () => undefined);
	await keep('play:c/nasty', { id: 'x' });
	await remove('c');
	expect(await keptNames('scenario')).toEqual([]);
	expect(await kept('play:c/nasty')).not.toBeNull();
});
