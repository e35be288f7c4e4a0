import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const keysOf = (file: string): string[] =>
	Object.keys(JSON.parse(readFileSync(path.join('messages', file), 'utf8')) as object).filter(
		(key) => key !== '$schema'
	);
const files = readdirSync('messages').filter((file) => file.endsWith('vi.json'));
const all = files.flatMap(keysOf);
/** Everything the app is written of, without what is generated. */
const source = readdirSync('src', { recursive: true, withFileTypes: true })
	.filter((entry) => entry.isFile() && /\.(svelte|ts|js)$/.test(entry.name))
	.map((entry) => path.join(entry.parentPath, entry.name))
	.filter((file) => !/paraglide|schema\.d\.ts|\.test\.ts$/.test(file))
	.map((file) => readFileSync(file, 'utf8'))
	.join('\n');
const words = new Set(source.match(/\w+/g));

describe('the catalogues', () => {
	it('say everything in both languages', () => {
		for (const file of files)
			expect(keysOf(file.replace('vi.json', 'en.json')).sort(), file).toEqual(keysOf(file).sort());
	});
	it('name every text once', () => {
		expect(all.filter((key, i) => all.indexOf(key) !== i)).toEqual([]);
	});
	it('keep no text that nobody shows', () => {
		expect(all.length).toBeGreaterThan(1500);
		expect(all.filter((key) => !words.has(key))).toEqual([]);
	});
});
