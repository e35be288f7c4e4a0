import { expect, it } from 'vitest';
import { Machine } from '../scenario/engine.ts';
import type { Scenario } from '../scenario/types.ts';
import { screenAloud } from './aloud.ts';
import { speakable } from './speakable.ts';

it('gives every part an end', () => {
	expect(speakable(['Một', ' Hai.  ', undefined, '', 'Ba?', 'Bốn:'])).toBe('Một. Hai. Ba? Bốn:');
});

const scenario = {
	key: 's',
	course: 'c',
	state: { who: 'Lan', fee: '50000' },
	variants: [{ key: 'x', set: null }],
	start: 'a',
	lures: [],
	rubric: { pass_percent: 50, critical: [], tasks: [], habits: [] },
	coach: [{ say: 'Đọc kỹ nhé, {who}', screen: 'a' }],
	screens: [
		{
			key: 'a',
			app: 'inbox',
			title: 'Hộp tin',
			elements: [
				{ kind: 'message', key: 'tin', from: 'Số lạ', text: 'Nộp {fee:đ}', inspect: 'qua.test' },
				{ kind: 'qr', key: 'ma', value: 'KHONG-DOC' },
				{ kind: 'text', text: 'Ẩn', when: 'did.report' }
			],
			actions: [
				{ key: 'report', label: 'Báo cáo', say: 'Đã báo.' },
				{ key: 'end', label: 'Xong', end: true }
			]
		}
	]
} as unknown as Scenario;

it('reads what was said, the screen, what can be pressed, and the coach', () => {
	const machine = new Machine(scenario);
	const begun = machine.begin('x', 'guided');
	const first = screenAloud({ machine, run: begun, said: null, tip: machine.tip(begun) });
	expect(first).toBe(
		'Hộp tin. Số lạ. Nộp 50.000\u00a0đ. Báo cáo. Xong. Đọc kỹ nhé, Lan.'.replace(/\u00a0/g, ' ')
	);
	const run = machine.replay('x', 'guided', [
		{ do: 'saw.tin', at: 0 },
		{ do: 'report', at: 1 }
	]);
	const later = screenAloud({ machine, run, said: { text: 'Đã báo.' }, tip: null });
	expect(later).toMatch(/^Đã báo\. Hộp tin\./);
	expect(later).toContain('qua.test.');
	expect(later).toContain('Ẩn.');
	expect(later).not.toContain('KHONG-DOC');
	const over = machine.replay('x', 'guided', [{ do: 'end', at: 0 }]);
	expect(screenAloud({ machine, run: over, said: null, tip: null })).not.toContain('Báo cáo');
});
