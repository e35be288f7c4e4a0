import { describe, expect, it } from 'vitest';
import type { Kind, QuestionView, Response } from '../api/types.ts';
import { isComplete, isEmpty, isSendable, move, pair, shownOrder, toggle } from './response.ts';

const question = (kind: Kind, more: Partial<QuestionView> = {}): QuestionView => ({
	question_key: 'q',
	kind,
	stem: '',
	image: null,
	options: [],
	lefts: [],
	rights: [],
	message: null,
	spots: null,
	...more
});
const abc = ['1', '2', '3'].map((key) => ({ key, text: key }));

describe('isEmpty', () => {
	it.each<[Kind, Response, boolean]>([
		['single', {}, true],
		['single', { choice: '1' }, false],
		['multiple', { choices: [] }, true],
		['multiple', { choices: ['1'] }, false],
		['true_false', {}, true],
		['true_false', { verdict: false }, false],
		['order', { order: ['1'] }, false],
		['order', {}, true],
		['match', { pairs: {} }, true],
		['match', { pairs: { 1: '2' } }, false],
		['spot', { marks: [] }, true],
		['spot', { marks: ['1'] }, false]
	])('%s %j → %s', (kind, response, want) => {
		expect(isEmpty(kind, response)).toBe(want);
	});
	it('nothing at all is empty', () => expect(isEmpty('single', null)).toBe(true));
});

describe('true/false', () => {
	const q = question('true_false', { options: abc });
	it('a verdict without its reason is not sent', () => {
		expect(isSendable(q, { verdict: true })).toBe(false);
		expect(isSendable(q, { verdict: false, reason: '2' })).toBe(true);
		expect(isComplete(q, { verdict: false })).toBe(false);
	});
	it('needs no reason when none is offered', () => {
		expect(isSendable(question('true_false'), { verdict: false })).toBe(true);
	});
});

describe('match', () => {
	const q = question('match', { lefts: abc, rights: abc });
	it('is complete with every left side', () => {
		expect(isComplete(q, { pairs: { 1: '1', 2: '2' } })).toBe(false);
		expect(isComplete(q, { pairs: { 1: '1', 2: '2', 3: '3' } })).toBe(true);
	});
	it('a right side moves, it is never used twice', () => {
		expect(pair({ 1: 'a', 2: 'b' }, '3', 'a')).toEqual({ 2: 'b', 3: 'a' });
		expect(pair({ 1: 'a' }, '1', 'b')).toEqual({ 1: 'b' });
		expect(pair({ 1: 'a', 2: 'b' }, '1', null)).toEqual({ 2: 'b' });
		expect(pair(undefined, '1', 'a')).toEqual({ 1: 'a' });
	});
});

describe('order', () => {
	it('moves one place and stops at the ends', () => {
		expect(move(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
		expect(move(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
		expect(move(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
		expect(move(['a', 'b'], 1, 1)).toEqual(['a', 'b']);
	});
	it('shows the own order only when it has the same items', () => {
		const q = question('order', { options: abc });
		expect(shownOrder(q, null)).toEqual(['1', '2', '3']);
		expect(shownOrder(q, { order: ['3', '1', '2'] })).toEqual(['3', '1', '2']);
		expect(shownOrder(q, { order: ['3', '1'] })).toEqual(['1', '2', '3']);
		expect(shownOrder(q, { order: ['3', '1', '9'] })).toEqual(['1', '2', '3']);
	});
});

it('toggle adds and takes away', () => {
	expect(toggle(undefined, '1')).toEqual(['1']);
	expect(toggle(['1', '2'], '1')).toEqual(['2']);
});
