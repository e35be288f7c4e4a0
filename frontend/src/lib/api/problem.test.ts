import { describe, expect, it } from 'vitest';
import { addWords, ApiProblem, asProblem, fieldErrors, problemText } from './problem.ts';

describe('codes', () => {
	it.each([
		[0, {}, 'offline'],
		[401, {}, 'unauthenticated'],
		[401, { code: 'second_factor_required' }, 'second_factor_required'],
		[404, {}, 'not_found'],
		[409, { code: 'out_of_date', last_seq: 4 }, 'out_of_date'],
		[413, {}, 'too_large'],
		[418, {}, 'internal'],
		[422, { code: '' }, 'invalid'],
		[503, {}, 'unavailable']
	])('status %i with %j is %s', (status, body, want) => {
		expect(new ApiProblem(status, body).code).toBe(want);
	});
	it('the body goes along', () => {
		expect(new ApiProblem(409, { code: 'out_of_date', last_seq: 4 }).body.last_seq).toBe(4);
	});
	it('waiting time comes from the body, else from the header', () => {
		expect(new ApiProblem(423, { code: 'locked', retry_after: 120 }, 5).retryAfter).toBe(120);
		expect(new ApiProblem(429, {}, 7).retryAfter).toBe(7);
	});
	it('anything else thrown is an error of ours', () => {
		expect(asProblem(new TypeError('x')).code).toBe('internal');
		const problem = new ApiProblem(403, {});
		expect(asProblem(problem)).toBe(problem);
	});
});

describe('words', () => {
	it('every code of the contract has its own sentence', () => {
		const codes = [
			'offline',
			'invalid',
			'unauthenticated',
			'second_factor_required',
			'forbidden',
			'not_found',
			'conflict',
			'too_many_requests',
			'locked',
			'closed',
			'out_of_date',
			'too_large',
			'unavailable',
			'internal'
		];
		const words = codes.map((code) => problemText(new ApiProblem(400, { code })));
		expect(new Set(words).size).toBe(codes.length);
	});
	it('an unknown code falls back to its status, never to the server’s text', () => {
		const problem = new ApiProblem(409, { code: 'quite_new', detail: 'secret', title: 'secret' });
		expect(problemText(problem)).toBe(problemText(new ApiProblem(409, { code: 'conflict' })));
	});
	it('pages can bring words along', () => {
		addWords({ quite_new: () => 'mới' }, { odd: () => 'lạ' });
		expect(problemText(new ApiProblem(409, { code: 'quite_new' }))).toBe('mới');
		const problem = new ApiProblem(422, { errors: [{ location: 'body.a', code: 'odd' }] });
		expect(fieldErrors(problem)).toEqual({ a: 'lạ' });
	});
});

it('field errors go by the last part of the location, the first one wins', () => {
	const problem = new ApiProblem(422, {
		code: 'invalid',
		errors: [
			{ location: 'body.username', code: 'required' },
			{ location: 'body.username', code: 'odd_code' },
			{ location: 'body.roles.0.scope_id', code: 'odd_code' },
			{ code: 'required' }
		]
	});
	const found = fieldErrors(problem);
	expect(Object.keys(found)).toEqual(['username', 'scope_id']);
	expect(found.username).not.toBe(found.scope_id);
});
