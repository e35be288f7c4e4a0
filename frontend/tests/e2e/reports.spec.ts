// What the public sees, what partners read, and the reports of an area.
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { Api, signIn, WHO, fits } from './kit.ts';

const COMMUNE = process.env.E2E_COMMUNE ?? '06685';

test('anybody sees sums, and no count below five', async ({ page }) => {
	await page.goto('/public/coverage');
	await expect(page).toHaveURL(/\/public\/coverage\/22$/);
	await expect(page.locator('h1')).toContainText('Quảng Ninh');
	await expect(page.locator('.map path').first()).toBeVisible();
	await expect(page.locator('[data-skill]')).toHaveCount(5);
	await page.locator('#shown').selectOption('online_payment');
	await expect(page).toHaveURL(/skill=online_payment/);
	await page.locator(`tbody a[href*="/public/coverage/${COMMUNE}"]`).click();
	await expect(page.locator('h1')).toContainText('Hồng Gai');
	for (const state of ['covered', 'not_covered', 'unknown'])
		await expect(page.locator(`[data-figure=${state}]`)).not.toHaveText(/^[0-4]$/);
	const cells = await page.locator('tbody td.num').allTextContents();
	expect(cells.length).toBeGreaterThan(4);
	await expect(page.locator('tbody').last()).toContainText('ít hơn 5');
	await page.locator('details summary').click();
	await expect(page.locator('details')).toContainText('ít hơn 5 hộ');
	await page.setViewportSize({ width: 320, height: 640 });
	await fits(page, 'the public page');
});

test('the department gives a token, a program reads with it, and it is revoked', async ({
	page,
	request
}) => {
	await signIn(page, WHO.dept);
	await page.goto('/partners');
	await page.locator('section[aria-labelledby=tokens] .btn.primary').click();
	const dialog = page.locator('dialog[open]');
	await dialog.locator('.btn.primary').click();
	await expect(dialog.locator('[role=alert]').first()).toBeVisible();
	await dialog.locator('#partner-name').fill('Trung tâm Điều hành thông minh');
	await dialog.locator('#partner-purpose').fill('Hiện độ phủ trên màn hình điều hành');
	await dialog.locator('#partner-area').fill('Hồng Gai');
	await page
		.getByRole('option', { name: /Hồng Gai/ })
		.first()
		.click();
	await dialog.locator('.btn.primary').click();
	const token = await page.locator('#partner-token').inputValue();
	expect(token).toMatch(/^nhaso_p_[a-z2-7]{52}$/);
	await dialog.getByRole('button').last().click();
	await expect(page.locator('[data-partner]').first()).toContainText('Trung tâm Điều hành');

	const ask = (path: string) =>
		request.get(`/api/v1${path}`, { headers: { Authorization: `Bearer ${token}` } });
	const own = await ask(`/partner/coverage/${COMMUNE}`);
	expect(own.status()).toBe(200);
	expect(await own.json()).toEqual(
		await (await request.get(`/api/v1/public/coverage/${COMMUNE}`)).json()
	);
	expect((await ask('/partner/coverage/22')).status(), 'the province is not its area').toBe(404);
	expect((await ask(`/areas/${COMMUNE}/coverage`)).status()).toBe(403);

	await page.reload();
	const entry = page.locator('[data-partner]', { hasText: 'Trung tâm Điều hành' }).first();
	await entry.locator('button').click();
	await page.locator('dialog[open] .btn.danger').click();
	await expect(page.locator('dialog[open]')).toHaveCount(0);
	expect((await ask('/partner')).status()).toBe(401);
});

test('an officer saves a report and has one made every month', async ({ page, request }) => {
	await signIn(page, WHO.officer);
	await page.goto('/reports');
	for (const [format, head] of [
		['pdf', '%PDF-'],
		['xlsx', 'PK'],
		['csv', '\ufeffMã']
	] as const) {
		const waiting = page.waitForEvent('download');
		await page.locator(`[data-format=${format}]`).click();
		const file = await waiting;
		expect(file.suggestedFilename()).toMatch(new RegExp(`^do-phu-phuong-hong-gai-.*\\.${format}$`));
		expect(
			readFileSync(await file.path())
				.toString('utf8')
				.startsWith(head)
		).toBe(true);
	}
	await page.locator('[data-keep]').click();
	await expect(page.locator('.keep svg')).toBeVisible();
	const officer = await Api.as(request, WHO.officer);
	const { subscriptions } = await officer.get<{ subscriptions: { area_code: string }[] }>(
		'/monthly-reports'
	);
	expect(subscriptions.map((one) => one.area_code)).toContain(COMMUNE);
	await page.locator('[data-keep]').click();
	await expect(page.locator('.keep svg')).toHaveCount(0);
});
