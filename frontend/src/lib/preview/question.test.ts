import { describe, expect, it } from 'vitest';
import { feedbackOf, rightAnswer, viewOf } from './question.ts';
import type { Question } from './types.ts';

const base = {
	key: 'q',
	objective: 'o',
	use: 'both',
	difficulty: 1,
	stem: 's',
	hints: [],
	explain: 'e'
};
const options = [
	{ key: 'a', text: 'A', correct: true },
	{ key: 'b', text: 'B', feedback: 'không phải B' }
];
const parts = [
	{ key: 'x', text: 'giục', sign: true, feedback: 'giục là dấu hiệu' },
	{ key: 'y', text: 'chào', sign: false, feedback: '' }
];
const questions: [Question, unknown][] = [
	[{ ...base, kind: 'single', options }, { choice: 'a' }],
	[{ ...base, kind: 'multiple', options }, { choices: ['a'] }],
	[
		{ ...base, kind: 'true_false', options, answer: false },
		{ verdict: false, reason: 'a' }
	],
	[{ ...base, kind: 'order', options }, { order: ['a', 'b'] }],
	[
		{ ...base, kind: 'match', pairs: [{ key: 'p', left: 'L', right: 'R', feedback: 'f' }] },
		{ pairs: { p: 'p' } }
	],
	[
		{ ...base, kind: 'spot', message: { channel: 'sms', sender: 'S', time: '', parts } as never },
		{ marks: ['x'] }
	]
];

describe('a question of the files', () => {
	it.each(questions)('$kind has its right answer', (q, want) =>
		expect(rightAnswer(q)).toEqual(want)
	);
	it.each(questions)('$kind gives nothing away to the player', (q) => {
		const view = JSON.stringify(viewOf(q));
		expect(view).not.toMatch(/correct|feedback|"sign"/);
		expect(view).toContain('"question_key":"q"');
	});
	it('tells all that is said to it, and to what', () => {
		expect(feedbackOf(questions[0]![0])).toEqual([{ of: 'B', text: 'không phải B' }]);
		expect(feedbackOf(questions[4]![0])).toEqual([{ of: 'L → R', text: 'f' }]);
		expect(feedbackOf(questions[5]![0])).toEqual([{ of: 'giục', text: 'giục là dấu hiệu' }]);
		const verdict = { ...questions[2]![0], wrong_feedback: 'vì sao' };
		expect(feedbackOf(verdict)).toContainEqual({ of: '✓', text: 'vì sao' });
	});
});
