import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Feedback, PracticeReply, QuestionView, Response } from '../api/types.ts';
import type { PackQuestion } from '../offline/pack.ts';
import { deal, feedback, fits, grade, reply, twin, view, type Shown } from './grade.ts';

// Written by the server's own test (models/learning/vectors_test.go): what Go says.
const [questions, ...vectors] = readFileSync(
	new URL('../../../../models/learning/testdata/practice.jsonl', import.meta.url),
	'utf8'
)
	.trim()
	.split('\n')
	.map((line) => JSON.parse(line) as unknown) as [PackQuestion[], ...Vector[]];
interface Vector {
	question: number;
	options: number[];
	lefts: number[];
	response: Response;
	valid: boolean;
	score: number;
	feedback: Feedback[];
	replies?: PracticeReply[];
	view?: QuestionView;
}

describe('the browser grades practice as the server does', () => {
	it('there is something to compare', () => {
		expect(vectors.length).toBeGreaterThan(200);
		expect(new Set(questions.map((q) => q.kind)).size).toBe(6);
	});
	it.each(vectors.map((v, i) => [i, questions[v.question]!.kind, v] as const))(
		'vector %i: %s',
		(_i, _kind, v) => {
			const s: Shown = { q: questions[v.question]!, options: v.options, lefts: v.lefts };
			expect(fits(s, v.response)).toBe(v.valid);
			expect(grade(s, v.response)).toBe(v.score);
			expect(feedback(s, v.response)).toEqual(v.feedback);
			v.replies?.forEach((want, i) => {
				const { feedback: parts, ...got } = reply(s, v.response, i + 1);
				const { feedback: _none, ...rest } = want;
				expect(got).toEqual(rest);
				expect(parts).toEqual(v.feedback);
			});
			if (v.view) expect(view(s)).toEqual(v.view);
		}
	);
});

describe('the twin', () => {
	const [a, b, c] = questions as [PackQuestion, PackQuestion, PackQuestion];
	const list = [
		{ ...a, key: 'a', objective: 'x' },
		{ ...b, key: 'b', objective: 'y', twin: 'a' },
		{ ...c, key: 'c', objective: 'x', twin: 'gone' }
	];
	it.each([
		['the next of the objective', 0, 'c'],
		['the one the author named', 1, 'a'],
		['from the beginning again when the named one is not here', 2, 'a']
	])('%s', (_name, i, want) => expect(twin(list, list[i]!)).toBe(want));
	it('none where there is none', () => expect(twin([list[0]!], list[0]!)).toBeNull());
});

describe('dealing', () => {
	it.each(questions.map((q) => [q.kind, q] as const))('%s: every part once', (_kind, q) => {
		for (let n = 0; n < 20; n++) {
			const s = deal(q);
			const want = (q.options?.length ?? 0) || (q.pairs?.length ?? 0) + (q.extra?.length ?? 0);
			expect([...s.options].sort((a, b) => a - b)).toEqual(
				Array.from({ length: q.kind === 'spot' ? 0 : want }, (_, i) => i)
			);
			expect(new Set(s.lefts).size).toBe(q.kind === 'match' ? q.pairs!.length : 0);
			if (q.kind === 'order') expect(s.options.every((o, i) => o === i)).toBe(false);
		}
	});
});
