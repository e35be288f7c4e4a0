// A picture of every page at the two sizes that matter, into docs/screenshots: `make screenshots`.
// The tests of everything leave them out; a11y goes through the same pages at both sizes.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, type Page } from '@playwright/test';
import { Api, certifiedPupil, signIn, submitOpen, WHO, fits } from './kit.ts';
import { faults, pagesOf, ROLES, visit } from './pages.ts';

const out =
	process.env.E2E_SCREENS ?? fileURLToPath(new URL('../../../docs/screenshots', import.meta.url));
const SIZES = [
	{ width: 360, height: 640 },
	{ width: 1366, height: 768 }
];
mkdirSync(out, { recursive: true });

async function shoot(page: Page, name: string): Promise<void> {
	for (const size of SIZES) {
		await page.setViewportSize(size);
		await page.evaluate(() => window.scrollTo(0, 0));
		await page.waitForTimeout(150);
		await fits(page, `${name} at ${size.width} px`);
		await page.screenshot({ path: `${out}/${name}-${size.width}x${size.height}.png` });
	}
}

for (const role of ROLES) {
	test(`screens: ${role}`, async ({ page, request }) => {
		test.setTimeout(240_000);
		await page.emulateMedia({ reducedMotion: 'reduce' });
		const wrong = faults(page);
		if (role !== 'public') await signIn(page, WHO[role]);
		for (const stop of await pagesOf(role, request)) {
			await visit(page, stop);
			await shoot(page, `${role}-${stop.name}`);
		}
		expect(wrong).toEqual([]);
	});
}

test('screens: a certificate and a reviewed result', async ({ page, request }) => {
	test.setTimeout(180_000);
	await page.emulateMedia({ reducedMotion: 'reduce' });
	const username = await certifiedPupil(request);
	await signIn(page, username);
	await page.goto('/certificates');
	await expect(page.locator('.paper .proof .ink')).toHaveAttribute('d', /M/);
	await shoot(page, 'student-certificate-issued');

	const api = await Api.as(request, username);
	await submitOpen(api);
	const tries = await api.get<{ items: { id: string; percent: number | null }[] }>('/me/attempts');
	const shown = tries.items.find((item) => item.percent !== null);
	if (shown) {
		await page.goto(`/results/${shown.id}`);
		await expect(page.locator('article').first()).toBeVisible();
		await shoot(page, 'student-result-review');
	}
});

test('screens: the dark theme and English', async ({ page, request }) => {
	await page.addInitScript(() => {
		localStorage.setItem('nhaso.theme', 'dark');
		localStorage.setItem('PARAGLIDE_LOCALE', 'en');
	});
	await signIn(page, WHO.student);
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');
	await page.waitForLoadState('networkidle');
	await shoot(page, 'student-home-dark-en');
	expect(await (await Api.as(request, WHO.student)).get('/me')).toBeTruthy();
});
