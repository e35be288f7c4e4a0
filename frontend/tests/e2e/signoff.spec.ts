// A month goes up from commune to department, is locked, and opened again with a reason; and what
// does not look ordinary is listed with whose it is.
import { expect, test } from '@playwright/test';
import { Api, signIn, WHO } from './kit.ts';

const COMMUNE = process.env.E2E_COMMUNE ?? '06685';
const PROVINCE = '22';
/** Last month in school time, "2026-10". */
const now = new Date(Date.now() + 7 * 3_600_000);
const MONTH = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1))
	.toISOString()
	.slice(0, 7);
interface Month {
	unit: { digest: string };
	state: string;
	children: { code: string; state: string; digest: string }[];
	locks: { unlock_reason: string }[];
}
const id = () => {
	const hex = Date.now().toString(16).padStart(12, '0');
	const rest = crypto.randomUUID().slice(15);
	return `${hex.slice(0, 8)}-${hex.slice(8)}-7${rest}`;
};

test('commune approves, department locks and unlocks with a reason that stays', async ({
	page,
	request
}) => {
	const dept = await Api.as(request, WHO.dept);
	const path = `/areas/${PROVINCE}/months/${MONTH}`;
	const before = await dept.get<Month>(path);
	expect(before.state).toBe('waiting');

	await signIn(page, WHO.officer);
	await page.goto('/signoff');
	await expect(page.locator(`a[href="/signoff/${COMMUNE}/${MONTH}"]`)).toBeVisible();
	await page.goto(`/signoff/${COMMUNE}/${MONTH}`);
	await page.locator('[data-acts] .btn.primary').click();
	await expect(page.locator('h1 + [data-state="approved"]')).toBeVisible();
	await expect(page.locator('section[aria-labelledby="history"] li')).toHaveCount(1);

	for (const child of before.children.filter((one) => one.state === 'open')) {
		if (child.code === COMMUNE) continue;
		await dept.call('POST', `/areas/${child.code}/months/${MONTH}/steps`, {
			id: id(),
			kind: 'approved',
			digest: child.digest,
			reason: 'Xã chưa có cán bộ phụ trách'
		});
	}
	await page.context().clearCookies();
	await signIn(page, WHO.dept);
	await page.goto(`/signoff/${PROVINCE}/${MONTH}`);
	const ready = page.locator('[data-ready]');
	const all = await ready.getAttribute('data-all');
	await expect(ready).toHaveAttribute('data-ready', all!);
	await page.locator('[data-acts] .btn.primary').click();
	await page.locator('.note.warn .btn.primary').click();
	await expect(page.locator('h1 + [data-state="locked"]')).toBeVisible();
	const shown = await page.locator('[data-stock="households"] strong').innerText();
	await page.reload();
	await expect(page.locator('[data-stock="households"] strong')).toHaveText(shown);

	await page.locator('[data-acts] .btn').click();
	await page.locator('dialog textarea').fill('Thiếu một thôn của Ba Chẽ');
	await page.locator('dialog .btn.danger').click();
	await expect(page.locator('h1 + [data-state="open"]')).toBeVisible();
	await expect(page.getByText('Thiếu một thôn của Ba Chẽ')).toBeVisible();
	await page.goto(`/signoff/${PROVINCE}`);
	await expect(page.locator(`[data-month="${MONTH}"]`)).toContainText('1');
});

test('data quality names owner and next step; a commune sees its own', async ({ page }) => {
	await signIn(page, WHO.dept);
	await expect(async () => {
		await page.goto(`/quality/${PROVINCE}`);
		await expect(page.locator('.clean li, [data-check]').first()).toBeVisible({ timeout: 2000 });
	}).toPass({ timeout: 30_000 });
	const first = page.locator('[data-check]').first();
	await expect(first.locator('.do')).not.toBeEmpty();
	await first.locator('summary').click();
	await expect(first.locator('details li').first()).toBeVisible();
	await page.context().clearCookies();
	await signIn(page, WHO.officer);
	await page.goto(`/quality/${COMMUNE}`);
	await expect(page.locator('h1')).toBeVisible();
	await page.goto(`/quality/${PROVINCE}`);
	await expect(page.locator('[data-check]')).toHaveCount(0);
});
