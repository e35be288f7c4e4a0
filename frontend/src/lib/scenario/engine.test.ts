import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCond } from './cond.ts';
import { fold, keepDigits, Machine, parseLog, qrText } from './engine.ts';
import { pickVariant } from './variant.ts';
import { outcomes, type Vector } from './outcome.ts';
import type { Scenario } from './types.ts';

/** Written by the server's engine: go test ./curriculum -run TestVectors -update. */
const vectors = JSON.parse(
	readFileSync(
		new URL('../../../../curriculum/scenario/testdata/vectors.json', import.meta.url),
		'utf8'
	)
) as {
	scenarios: Scenario[];
	runs: Vector[];
	folds: Record<string, string>;
	digits: Record<string, string>;
	picks: { id: string; variant: string }[];
	qr: Record<string, string>;
};

describe('the same as the server’s engine', () => {
	const got = outcomes(vectors);
	it('has enough to compare', () => {
		expect(vectors.runs.length).toBeGreaterThan(80);
		expect(new Set(vectors.runs.map((r) => r.want?.reason)).size).toBe(7);
	});
	it.each(vectors.runs.map((run, i) => [i, run] as const))('run %i', (i, run) => {
		expect(got[i]).toEqual(run.want);
	});
	it('folds', () => {
		for (const [text, want] of Object.entries(vectors.folds)) expect(fold(text)).toBe(want);
		for (const [text, want] of Object.entries(vectors.digits)) expect(keepDigits(text)).toBe(want);
	});
	it('picks the variant by the id of the run', () => {
		for (const { id, variant } of vectors.picks)
			expect(pickVariant(vectors.scenarios[0]!, id)).toBe(variant);
		expect(new Set(vectors.picks.map((p) => p.variant)).size).toBeGreaterThan(1);
	});
	it('writes the same codes', () => {
		for (const [value, want] of Object.entries(vectors.qr))
			expect(qrText(vectors.scenarios[0]!, value)).toBe(want);
	});
});

describe('conditions', () => {
	it.each([
		'(a)',
		'a &',
		'| a',
		'a==b',
		'A',
		'!a=1',
		'a=B',
		'a=',
		'a.b.c',
		'1a',
		'a>b c',
		'a;drop'
	])('%s is none', (bad) => expect(() => parseCond(bad)).toThrow());
});

describe('a machine', () => {
	const nasty = vectors.scenarios[0]!;
	it('is not made of a scenario that cannot run', () => {
		expect(() => new Machine({ ...nasty, start: 'nowhere' })).toThrow();
		expect(() => new Machine({ ...nasty, variants: [] })).toThrow();
		expect(() => new Machine({ ...nasty, coach: [{ say: 'x', when: '(a)' }] })).toThrow();
	});
	it('plays only variants and modes there are', () => {
		const machine = new Machine(nasty);
		expect(() => machine.begin('zz', 'alone')).toThrow();
		expect(() => machine.begin('a', 'cheating' as never)).toThrow();
	});
	it('says the first tip that fits', () => {
		const machine = new Machine(nasty);
		expect(machine.tip(machine.replay('a', 'guided', []))?.point).toBe('money');
		const later = parseLog(['set.money=5']);
		expect(machine.tip(machine.replay('a', 'guided', later))?.say).toBe('tiếp');
	});
	it('leaves the scenario as it was', () => {
		const before = JSON.stringify(nasty);
		new Machine(nasty).replay('a', 'guided', parseLog(['clamp', 'sink', 'set.box=1', 'twice']));
		expect(JSON.stringify(nasty)).toBe(before);
	});
});

describe('example logs', () => {
	it('are read as authors write them', () => {
		expect(parseLog(['open', 'saw.x', 'set.code= a=b ', 'set.box'])).toEqual([
			{ do: 'open', at: 0 },
			{ do: 'saw.x', at: 1000 },
			{ do: 'set.code', value: 'a=b', at: 2000 },
			{ do: 'set.box', value: '', at: 3000 }
		]);
	});
});
