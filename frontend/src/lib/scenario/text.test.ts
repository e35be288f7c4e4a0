import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Machine, parseLog } from './engine.ts';
import { stills } from './still.ts';
import { fill, initial, money, nameOf, shownValue, timeline } from './text.ts';
import { initialState, pickVariant } from './variant.ts';
import type { Element, Scenario } from './types.ts';

const { scenarios } = JSON.parse(
	readFileSync(
		new URL('../../../../curriculum/scenario/testdata/vectors.json', import.meta.url),
		'utf8'
	)
) as { scenarios: Scenario[] };
/** Three evening messages: the example of the format. */
const example = scenarios[1]!;
const machine = new Machine(example);

describe('texts', () => {
	it.each([
		['500000', '500.000\u00a0đ'],
		['0', '0\u00a0đ'],
		['-1234567', '-1.234.567\u00a0đ'],
		['qua', 'qua'],
		['', '']
	])('%s as money', (value, want) => expect(money(value)).toBe(want));
	it('fill slots of a value that is a text itself, one step deep', () => {
		const state = new Map([
			['call', 'Số gọi: {number}, {sum:đ}.'],
			['number', '02•• ••• 345'],
			['sum', '120000']
		]);
		expect(fill('Nghe: {call}', state)).toBe('Nghe: Số gọi: 02•• ••• 345, 120.000\u00a0đ.');
	});
	it('fill their slots from the state, and leave an unknown one empty', () => {
		const state = initialState(example, 'bhyt');
		expect(fill('{fake_sender}: {prize:đ} – {prize}', state)).toBe(
			'Hỗ trợ thẻ: 900.000\u00a0đ – 900000'
		);
		expect(fill('[{nothing}] {constructor}', state)).toBe('[] ');
		expect(fill(undefined, state)).toBe('');
	});
	it('a long name is cut, a mark is one letter', () => {
		const e = { kind: 'text', text: 'a'.repeat(100) } as Element;
		expect(nameOf(e, new Map())).toHaveLength(59);
		expect(initial(' đức')).toBe('Đ');
		expect(initial('')).toBe('?');
	});
});

describe('what is in a field', () => {
	const field = example.screens[2]!.elements![0]!;
	const shown = (log: string[]) => {
		const run = machine.replay('qua', 'alone', parseLog(['open_fake', 'click_link', ...log]));
		return shownValue(machine, field, run.state, run.steps);
	};
	it('is what was typed, as typed', () => {
		expect(shown([])).toBe('');
		expect(shown(['set.code=12 34 56'])).toBe('12 34 56');
		expect(shown(['set.code=123456', 'set.code=Gì đó'])).toBe('Gì đó');
	});
	it('follows the state when something else changed it', () => {
		const state = new Map([['note', 'ten']]);
		const typed = [{ screen: 'site', do: 'set.code', value: '123456', to: 'site' }];
		expect(shownValue(machine, field, state, typed)).toBe('Nguyễn Thị Hòa');
		expect(shownValue(machine, { ...field, input: 'number' }, new Map([['note', '0']]), [])).toBe(
			''
		);
		expect(shownValue(machine, { ...field, input: 'check' }, new Map([['note', '1']]), [])).toBe(
			'1'
		);
	});
});

describe('the timeline', () => {
	const log = parseLog([
		'open_fake',
		'hint',
		'saw.f_link',
		'click_link',
		'set.code=123456',
		'send_code',
		'finish'
	]);
	const list = timeline(machine, 'qua', 'assisted', log);
	it('has every decision where it was made, and no question to the coach', () => {
		expect(list.map((x) => [x.at, x.kind, x.screen])).toEqual([
			[0, 'did', 'Hộp thư của bà'],
			[2, 'saw', 'Kho Quà Vui'],
			[3, 'did', 'Kho Quà Vui'],
			[4, 'set', 'Nhận quà'],
			[5, 'did', 'Nhận quà'],
			[6, 'did', 'Hộp thư của bà']
		]);
	});
	it('says what was entered, what came of it, and what could not be done', () => {
		expect(list[3]).toMatchObject({ name: 'Mã OTP gửi về máy', value: '123456' });
		expect(list[4]!.say).toContain('đã nhận mã');
		expect(list[5]).toMatchObject({ say: 'Còn tin chưa xử lý.', blocked: true });
	});
});

describe('the annotated replay', () => {
	it('is every screen with signs in the order of the file, numbered through', () => {
		const shown = stills(machine, 'bhyt');
		expect(shown.map((s) => s.screen.key)).toEqual(['fake', 'lan']);
		expect(shown.flatMap((s) => s.signs.map((x) => x.n))).toEqual([1, 2, 3, 4]);
		expect(fill(shown[0]!.screen.title, shown[0]!.state)).toBe('Hỗ trợ thẻ');
		expect(shown[1]!.signs[0]!.lure?.legit).toBe(true);
	});
	const trick = (when: string): string[] => {
		const copy = structuredClone(example);
		copy.screens[1]!.elements![0]!.when = when;
		const found = stills(new Machine(copy), 'bhyt').find((s) => s.screen.key === 'fake');
		return found?.signs.map((s) => s.element.key ?? '') ?? [];
	};
	it.each([
		['prize=900000', true, 'holds in this variant'],
		['prize=500000', false, 'belongs to the other variant'],
		['fake=fell', true, 'a run may come to it'],
		['prize=500000 & fake=fell', false, 'not in this variant, whatever is done'],
		['saw.f_link', true, 'after a closer look'],
		['note=otp', true, 'after something was typed']
	])('a sign on what is shown when %s: %s (%s)', (when, shown) =>
		expect(trick(when).includes('f_from')).toBe(shown)
	);
});

describe('the variant', () => {
	it('follows from the last four bytes of the id', () => {
		const id = (end: string) => `019acb00-0000-7000-8000-0000${end}`;
		expect(pickVariant(example, id('00000000'))).toBe('qua');
		expect(pickVariant(example, id('00000001'))).toBe('bhyt');
		expect(pickVariant(example, id('ffffffff'))).toBe('bhyt');
	});
});
