// Authors see every lesson and question as pupils do; so can a test, on the narrowest phone.
import { spawn, type ChildProcess } from 'node:child_process';
import { expect, test } from '@playwright/test';
import { BINARY, freePort } from './kit-classroom.ts';

let preview: ChildProcess;
let url: string;

test.beforeAll(async () => {
	const port = await freePort();
	url = `http://127.0.0.1:${port}/preview`;
	// From a folder without content: the courses inside the binary, as pupils get them.
	preview = spawn(BINARY, ['curriculum', 'preview', '--port', String(port)], {
		cwd: import.meta.dirname,
		stdio: 'ignore'
	});
	await expect
		.poll(() =>
			fetch(url).then(
				(reply) => reply.status,
				() => 0
			)
		)
		.toBe(200);
});
test.afterAll(() => preview.kill());

/** Walks through a part of all courses and answers what sticks out of the screen. */
function tooWide(part: string): Promise<{ seen: number; wide: string[] }> {
	const pick = (name: string) => document.querySelector<HTMLSelectElement>(`select[data-${name}]`);
	const set = async (name: string, value: string) => {
		const select = pick(name)!;
		select.value = value;
		select.dispatchEvent(new Event('change', { bubbles: true }));
		await new Promise((resolve) => setTimeout(resolve));
	};
	const values = (name: string) => [...(pick(name)?.options ?? [])].map((option) => option.value);
	const page = document.documentElement;
	return (async () => {
		const wide: string[] = [];
		let seen = 0;
		for (const course of values('course')) {
			await set('course', course);
			await set('parts', part);
			const items = values('item');
			for (const item of items.length > 0 ? items : ['']) {
				if (item) await set('item', item);
				seen++;
				const by = page.scrollWidth - page.clientWidth;
				if (by > 0) wide.push(`${course} ${item}: ${by} px`);
			}
		}
		return { seen, wide };
	})();
}

for (const [part, least] of [
	['lessons', 60],
	['questions', 400],
	['plans', 40],
	['leaflet', 10],
	['scenarios', 20]
] as const) {
	test(`${part}: nothing sticks out of a screen of 320 px`, async ({ page }) => {
		await page.setViewportSize({ width: 320, height: 640 });
		await page.goto(url);
		await expect(page.locator('select[data-item]')).toBeVisible();
		const { seen, wide } = await page.evaluate(tooWide, part);
		expect(seen).toBeGreaterThanOrEqual(least);
		expect(wide).toEqual([]);
	});
}
