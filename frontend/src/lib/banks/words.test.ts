import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { grouped, missing, place, why } from './words.ts';

/** Every code that the server's rooms can answer has words of its own. */
describe('words for codes', () => {
	const sources = [
		...[
			'bank',
			'settle',
			'decode',
			'tree',
			'gift_read',
			'gift_write',
			'moodle_read',
			'moodle_write'
		],
		...['qti_read', 'package_read', 'package_write']
	].map((name) => readFileSync(`../models/bank/${name}.go`, 'utf8'));
	const all = sources.join('\n');
	const codes = new Set(
		[
			/\.(?:skip|note)\([^\n]*?, "([a-z_0-9]+)"/g,
			/refuse\([^\n]*, "([a-z_0-9]+)"\)/g,
			/it\.skip(?:, it\.detail)? = "([a-z_0-9]+)"/g,
			/return "([a-z_0-9]{5,})"$/gm
		].flatMap((form) => [...all.matchAll(form)].map((hit) => hit[1]!))
	);

	test('the codes are found', () => {
		for (const code of ['entities', 'braces', 'type_unsupported', 'not_utf8', 'spot_as_choice'])
			expect(codes).toContain(code);
	});
	test.each([...codes].filter((code) => code !== 'kind_unknown'))('%s', (code) => {
		expect(why(code, 'x')).not.toBe(why('nothing'));
	});
	test('what is missing', () => {
		const list = [...all.matchAll(/, "([a-z_]+_missing)"\)/g)].map((hit) => hit[1]!);
		expect(list).toContain('hints_missing');
		for (const code of list.filter((c) => !['picture_missing', 'file_missing'].includes(c)))
			expect(missing(code), code).not.toBe(missing('nothing'));
	});
});

test('places are in the reader’s language, grouped by what they say', () => {
	expect(place('line 12: Câu 3', 'dòng ')).toBe('dòng 12: Câu 3');
	expect(place('a.xml, line 2', 'dòng ')).toBe('a.xml, dòng 2');
	const groups = grouped(
		[
			{ where: 'file', reason: 'braces' },
			{ where: 'line 2', reason: 'duplicate' },
			{ where: 'line 3', reason: 'duplicate' }
		],
		'dòng ',
		'tệp'
	);
	expect(groups.map((g) => g.places)).toEqual([['dòng 2', 'dòng 3'], ['tệp']]);
});
