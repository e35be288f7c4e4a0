import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import texts from './texts.json';
import { toAdult } from './voice.ts';

const EM = /(?<!\p{L})em(?!\p{L})/iu;
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
const catalogue: Record<string, string> = Object.assign(
	{},
	...readdirSync('messages')
		.filter((file) => file.endsWith('vi.json'))
		.map((file) => read(path.join('messages', file)))
);
interface Consents {
	texts: { kind: string; version: number; vi: { title: string; body: string } }[];
}
for (const text of (read('../models/consent/texts.json') as unknown as Consents).texts)
	for (const part of ['title', 'body'] as const)
		catalogue[`consent ${text.kind} ${text.version} ${part}`] = text.vi[part];
const list = texts as unknown as Record<string, [string, string]>;

/** Pages and parts that somebody grown up sees as a learner. */
const LEARNERS =
	/\(student\)|src\/lib\/(learn|lesson|offline|practice|quiz|scenario)\/|MyHelps|family\/HomeCard|api\/problem\.ts|\(app\)\/\+layout/;
const seen = readdirSync('src', { recursive: true, withFileTypes: true })
	.filter((entry) => entry.isFile() && /\.(svelte|ts)$/.test(entry.name))
	.map((entry) => path.join(entry.parentPath, entry.name))
	.filter((file) => LEARNERS.test(file) && !/paraglide|\.test\.ts$/.test(file))
	.map((file) => readFileSync(file, 'utf8'))
	.join('\n');
const used = new Set([...seen.matchAll(/\bm\.(\w+)/g)].map(([, key]) => key));
/** Where "em" is a younger brother or sister. */
const KIN = ['kin_sibling', 'relation_sibling'];

describe('what somebody grown up reads', () => {
	it('has every text of the pages of learners that says "em"', () => {
		const spoken = Object.keys(catalogue).filter(
			(key) =>
				EM.test(String(catalogue[key])) &&
				(used.has(key) || key.startsWith('consent ')) &&
				!KIN.includes(key)
		);
		expect(spoken.length).toBeGreaterThan(100);
		expect(Object.keys(list).sort()).toEqual(spoken.sort());
	});
	it.each(Object.entries(list))('%s', (key, [pupil, adult]) => {
		expect(pupil, 'as in the catalogue').toBe(catalogue[key]);
		expect(adult).not.toMatch(EM);
		const gaps = (text: string) => text.match(/\{\w+\}/g) ?? [];
		expect(gaps(pupil)).toEqual(expect.arrayContaining(gaps(adult)));
		const filled = (text: string) => text.replace(/\{(\w+)\}/g, '<$1>');
		expect(toAdult(` ${filled(pupil)}\n`)).toBe(` ${filled(adult)}\n`);
	});
	it('leaves alone what is no text of ours', () => {
		for (const text of ['Nguyễn Văn Em', 'Chị gửi em mã nhé', 'Em của Lan', '', 'Đã lưu'])
			expect(toAdult(text)).toBe(text);
	});
	it('finds a text beside others', () => {
		expect(toAdult('Nhà em · Nhà Số')).toBe('Nhà mình · Nhà Số');
		expect(toAdult('Em khai ngày 1/2/2026 · Tổ xác nhận')).toBe(
			'Bạn khai ngày 1/2/2026 · Tổ xác nhận'
		);
	});
});
