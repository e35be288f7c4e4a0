import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as api from '../api/learn.ts';
import { ApiProblem } from '../api/problem.ts';
import type { QuestionView } from '../api/types.ts';
import { useAccount, wipe } from '../offline/db.ts';
import { answersOf, back, begin, heldTest, keepTest, passed, send } from './placement.ts';

vi.mock('../api/learn.ts');
const question = (key: string): { key: string; question: QuestionView } => ({
	key,
	question: {
		question_key: key,
		kind: 'single',
		stem: '',
		image: null,
		options: [{ key: 'a', text: 'A' }],
		lefts: [],
		rights: [],
		message: null,
		spots: null
	}
});
const test = (): api.PlacementTest => ({
	course_key: 'c',
	minutes: 5,
	nonce: 'n.h',
	questions: [question('q1'), question('q2'), question('q3')],
	result: null
});
const result: api.PlacementResult = { right: 1, total: 3, lessons: [], taken_at: '' };

beforeEach(async () => {
	vi.resetAllMocks();
	useAccount('anna');
	await wipe();
});

describe('walking through the test', () => {
	it('goes on with an answer, and without one', () => {
		const one = passed(begin(test()), { choice: 'a' });
		expect([one.at, one.complete]).toEqual([1, false]);
		const two = passed(one, null);
		const three = passed(two, { choice: 'a' });
		expect(three.complete).toBe(true);
		expect(answersOf(three)).toEqual({
			id: three.id,
			nonce: 'n.h',
			answers: [
				{ question_key: 'q1', response: { choice: 'a' } },
				{ question_key: 'q3', response: { choice: 'a' } }
			]
		});
	});
	it('half an answer is none, and "I don’t know" takes an answer back', () => {
		expect(passed(begin(test()), {}).responses).toEqual({});
		const again = back(passed(begin(test()), { choice: 'a' }));
		expect(again.at).toBe(0);
		expect(again.responses).toEqual({ q1: { choice: 'a' } });
		expect(passed(again, null).responses).toEqual({});
	});
	it('back from the first question stays there', () => {
		expect(back(begin(test())).at).toBe(0);
	});
});

describe('on the device and to the server', () => {
	it('survives a reload with its id', async () => {
		const held = passed(begin(test()), { choice: 'a' });
		await keepTest(held);
		expect(await heldTest('c')).toEqual(held);
		expect(await heldTest('other')).toBeNull();
	});
	it('is dropped once the server has it', async () => {
		const held = begin(test());
		await keepTest(held);
		vi.mocked(api.takePlacement).mockResolvedValue(result);
		expect(await send(held)).toEqual({ kind: 'done', result });
		expect(await heldTest('c')).toBeNull();
	});
	it.each([
		[new ApiProblem(0, { code: 'offline' }), 'held', true],
		[new ApiProblem(503, {}), 'held', true],
		[new ApiProblem(409, { code: 'out_of_date' }), 'changed', false],
		[new ApiProblem(409, { code: 'placement_taken' }), 'taken', false],
		[new ApiProblem(409, { code: 'closed' }), 'refused', true]
	])('%o: %s', async (problem, kind, stays) => {
		const held = begin(test());
		await keepTest(held);
		vi.mocked(api.takePlacement).mockRejectedValue(problem);
		expect((await send(held)).kind).toBe(kind);
		expect((await heldTest('c')) !== null).toBe(stays);
		if (!stays) return;
		vi.mocked(api.takePlacement).mockResolvedValue(result);
		await send(held);
		const ids = vi.mocked(api.takePlacement).mock.calls.map(([, body]) => body.id);
		expect(ids[0]).toBe(ids[1]);
	});
});
