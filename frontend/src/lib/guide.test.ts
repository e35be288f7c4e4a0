// The guide for teachers quotes buttons in bold: what is no longer on any screen must not stay in it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const catalogues = path.join(root, 'frontend/messages');
const guide = readFileSync(path.join(root, 'docs/teacher-guide.md'), 'utf8');

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** "Làm thẻ cho {count} em" stands for every count; a message of placeholders alone for nothing. */
const forms = readdirSync(catalogues)
	.filter((file) => file.endsWith('vi.json'))
	.flatMap((file) =>
		Object.values(
			JSON.parse(readFileSync(path.join(catalogues, file), 'utf8')) as Record<string, string>
		)
	)
	.filter((text) => (text.replace(/\{\w+\}/g, '').match(/\p{L}/gu) ?? []).length >= 2)
	.map((text) => ({
		text,
		pattern: new RegExp(
			`^${text
				.split(/\{\w+\}/)
				.map(literal)
				.join('[\\p{L}\\d]{1,12}')}$`,
			'u'
		)
	}));
const known = (words: string) => forms.some(({ pattern }) => pattern.test(words));
/** Bold words, without what explains bold itself. */
const bold = [...guide.matchAll(/\*\*(.+?)\*\*/g)]
	.map((found) => found[1]!)
	.filter((words) => words !== 'in đậm');

describe("the teachers' guide", () => {
	it('quotes words of the screen', () => {
		expect(bold.length).toBeGreaterThan(80);
		expect([...new Set(bold)].filter((words) => !known(words))).toEqual([]);
	});
	it('would notice a button that is gone', () => {
		expect(known('Nút không có')).toBe(false);
		expect(known('Làm thẻ cho 36 em')).toBe(true);
		expect(known('Làm thẻ cho tất cả các em trong lớp em')).toBe(false);
	});
	it('shows pictures that are there, and none too heavy for a slow line', () => {
		const pictures = [...guide.matchAll(/\]\((screenshots\/[^)]+)\)/g)].map((found) => found[1]!);
		expect(pictures.length).toBeGreaterThan(10);
		for (const picture of pictures) {
			const file = path.join(root, 'docs', picture);
			expect(existsSync(file), picture).toBe(true);
			expect(readFileSync(file).length, `bytes of ${picture}`).toBeLessThanOrEqual(120 * 1024);
		}
	});
	it('leads to its own chapters', () => {
		const anchors = [...guide.matchAll(/^#+ (.+)$/gm)].map((found) =>
			found[1]!
				.toLowerCase()
				.replace(/[^\p{L}\p{N} -]/gu, '')
				.replace(/ /g, '-')
		);
		for (const [, to] of guide.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(to);
	});
});
