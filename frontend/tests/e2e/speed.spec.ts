// What makes a first visit quick, as far as a test can say it without a clock.
import { expect, type Page } from '@playwright/test';
import { Api, signIn, startTrial, submitOpen, WHO } from './kit.ts';
import { swReady, test } from './line.ts';

const LESSON = '/lessons/self_protection-thcs/mat-khau-manh';

/** Opens an address and counts what it asks the API for. */
async function asked(page: Page, address: string): Promise<Record<string, number>> {
	const count: Record<string, number> = {};
	page.on('request', (request) => {
		const { pathname } = new URL(request.url());
		if (pathname.startsWith('/api/v1')) count[pathname] = (count[pathname] ?? 0) + 1;
	});
	await page.goto(address);
	await page.locator('main h1, main h2, .stage').first().waitFor();
	page.removeAllListeners('request');
	return count;
}
const leftOver = (page: Page) =>
	page.evaluate(() => Object.keys(window.nhasoEarly?.replies ?? {}).join());

test('home, lesson and quiz: each answer is asked for once, and the early one is used', async ({
	page,
	request
}) => {
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	expect(await asked(page, '/home')).toMatchObject({ '/api/v1/me': 1, '/api/v1/home': 1 });
	expect(await leftOver(page)).toBe('');
	const lesson = await asked(page, LESSON);
	expect(lesson).toMatchObject({ '/api/v1/me': 1, '/api/v1/me/progress': 1 });
	expect(lesson['/api/v1/courses/self_protection-thcs/lessons/mat-khau-manh']).toBe(1);
	expect(await leftOver(page)).toBe('');
	const { id } = await startTrial(page, api);
	const quiz = await asked(page, `/quizzes/${id}`);
	expect(quiz).toMatchObject({ '/api/v1/me': 1, [`/api/v1/attempts/${id}`]: 1 });
	expect(await leftOver(page)).toBe('');
	// In English the same questions are asked in English.
	await page.evaluate(() => localStorage.setItem('PARAGLIDE_LOCALE', 'en'));
	for (const address of ['/home', LESSON, `/quizzes/${id}`]) {
		await asked(page, address);
		expect(await leftOver(page), address).toBe('');
	}
	await submitOpen(api);
});

test('an address opened without a session asks to sign in, and leads back', async ({ page }) => {
	await page.goto('/home');
	await page.waitForURL(/\/login\?next=%2Fhome/);
	await page.locator('#username').fill(WHO.student);
	await page.locator('#password').fill(process.env.E2E_PASSWORD ?? 'HaLong-2026');
	await page.locator('form button.primary').click();
	await page.waitForURL('**/home');
	await expect(page.locator('main h1')).toBeVisible();
});

test('a file the page needs is on its way before the script that imports it', async ({ page }) => {
	await signIn(page, WHO.student);
	// Modules run only after the page has been read: what is linked by then, no import asked for.
	await page.addInitScript(() => {
		document.addEventListener('readystatechange', () => {
			if (document.readyState !== 'interactive') return;
			const links = document.querySelectorAll<HTMLLinkElement>('link[rel="modulepreload"]');
			Object.assign(window, { linked: [...links].map((link) => link.href) });
		});
	});
	await page.goto('/home');
	await page.locator('main h1').waitFor();
	const late = await page.evaluate(() => {
		const { linked } = window as unknown as { linked: string[] };
		return performance
			.getEntriesByType('resource')
			.map(({ name }) => name)
			.filter((name) => /\/nodes\/.*\.js/.test(name) && !linked.includes(name));
	});
	expect(late).toEqual([]);
});

for (const size of [
	{ width: 360, height: 640 },
	{ width: 1366, height: 768 }
]) {
	test(`home moves nothing under the reader, ${size.width} wide`, async ({ page }) => {
		await page.setViewportSize(size);
		await page.addInitScript(() => {
			const seen = window as unknown as { shift: number };
			seen.shift = 0;
			new PerformanceObserver((list) => {
				for (const entry of list.getEntries()) {
					const one = entry as unknown as { value: number; hadRecentInput: boolean };
					if (!one.hadRecentInput) seen.shift += one.value;
				}
			}).observe({ type: 'layout-shift', buffered: true });
		});
		await signIn(page, WHO.student);
		await page.goto('/home');
		await page.locator('[data-drill]').waitFor();
		await page.waitForLoadState('networkidle');
		expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBeLessThan(
			0.01
		);
	});
}

test('the font comes after the first page and is there when the app is opened again', async ({
	page
}) => {
	const usesFont = () => page.evaluate(() => document.documentElement.className.includes('font'));
	await page.goto('/login');
	await page.locator('#username').waitFor();
	expect(await usesFont()).toBe(false);
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);
	await page.reload();
	expect(await usesFont()).toBe(true);
	await expect
		.poll(() => page.evaluate(() => document.fonts.check("700 1em 'Be Vietnam Pro'", 'ệ')))
		.toBe(true);
});

test('the app is laid into its cache although a few files are lost on the way', async ({
	page,
	line
}) => {
	line.lose(/^GET \/(_app\/immutable\/(nodes\/4|assets)|manifest)/, 'reply', 3);
	await page.goto('/verify');
	await page.locator('main h1').waitFor();
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);
	expect(line.lost).toBe(3);
	const [kept, listed] = await page.evaluate(async () => {
		const name = (await caches.keys()).find((key) => key.startsWith('nhaso-'))!;
		const keys = await (await caches.open(name)).keys();
		const worker = await (await fetch('/service-worker.js')).text();
		const list = JSON.parse(/const PRECACHE = (\[[^\]]*\])/.exec(worker)![1]!) as string[];
		return [keys.length, list.length];
	});
	expect(kept).toBe(listed);
});
