import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../api/problem.ts';
import { handInFile, pack, readFile, type QuizFile } from './file.ts';

const file: QuizFile = {
	attempt_id: '018f0000-0000-7000-8000-000000000001',
	seal: '0f0f',
	id: '018f0000-0000-7000-8000-000000000002',
	answers: [
		{ seq: 4, slot: 1, response: { choice: '2' }, client_at: '2026-11-23T01:10:00Z' },
		{ seq: 5, slot: 2, response: { pairs: { '1': '2' } }, client_at: '2026-11-23T01:11:00Z' }
	]
};

describe('the file of a quiz', () => {
	it('reads back what was written', () => expect(readFile(pack(file))).toEqual(file));
	it('survives line endings of another system', () =>
		expect(readFile(pack(file).replace(/\n/g, '\r\n'))).toEqual(file));
	it('shows nothing to the naked eye', () => expect(pack(file)).not.toContain('choice'));
	it.each(['', 'x', 'NHASO-BAI-LAM-1', 'NHASO-BAI-LAM-1\n!!!', 'NHASO-BAI-LAM-1\nbnVsbA=='])(
		'%j is none',
		(text) => expect(readFile(text)).toBeNull()
	);
	it('a cut or changed file is none, or still only answers', () => {
		const text = pack(file);
		for (let i = 0; i < text.length; i += 3) {
			for (const broken of [text.slice(0, i), text.slice(0, i) + '~' + text.slice(i + 1)]) {
				const got = readFile(broken);
				if (got) expect(Object.keys(got).sort()).toEqual(['answers', 'attempt_id', 'id', 'seal']);
			}
		}
	});
	it('puts its numbers right, once', async () => {
		const seen: number[][] = [];
		const report = await handInFile(file, (f) => {
			seen.push(f.answers.map((a) => a.seq));
			return seen.length === 1
				? Promise.reject(new ApiProblem(409, { code: 'out_of_date', last_seq: 9 }))
				: Promise.resolve({ accepted: true, acked: [10, 11], rejected: [] });
		});
		expect(seen).toEqual([
			[4, 5],
			[10, 11]
		]);
		expect(report.accepted).toBe(true);
		const closed = () => Promise.reject(new ApiProblem(409, { code: 'results_released' }));
		await expect(handInFile(file, closed)).rejects.toMatchObject({ code: 'results_released' });
	});
});
