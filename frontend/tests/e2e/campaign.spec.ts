// A team member walks for a day without a network; what was recorded arrives once.
import { expect, test, type Page } from '@playwright/test';
import { Api, signIn, WHO } from './kit.ts';
import { Device, swReady } from './line.ts';

const COMMUNE = process.env.E2E_COMMUNE ?? '06685';
const CAMPAIGN = '019a0000-0000-7000-8000-00000000c0de';
interface Board {
	visits: number;
	visited: number;
	met: number;
	outcomes: Record<string, number>;
}
const day = (n: number) =>
	new Date(Date.now() + n * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 10);

async function posted(officer: Api): Promise<void> {
	await officer.call('POST', '/campaigns', {
		id: CAMPAIGN,
		area_code: COMMUNE,
		name: 'Mười ngày cao điểm',
		starts_on: day(-1),
		ends_on: day(8),
		target: 300,
		hotline: '0203 123 456'
	});
	const path = `/campaigns/${CAMPAIGN}/members`;
	const members = await officer.get<{ items: { account_id: string }[] }>(path);
	const area = await officer.get<{ children: { code: string; households: number }[] }>(
		`/areas/${COMMUNE}/coverage`
	);
	const villages = area.children
		.filter((one) => one.households > 0)
		.slice(0, 2)
		.map((one) => one.code);
	await officer.call('PUT', path, {
		account_id: members.items[0]!.account_id,
		team: 'Tổ 1',
		villages
	});
}
async function record(page: Page, ...words: string[]): Promise<void> {
	await page.locator('.doors .door').first().click();
	for (const word of words)
		await page.locator('dialog .results .btn', { hasText: word }).first().click();
	await page.locator('dialog button.block').click();
	await expect(page.locator('dialog')).toHaveCount(0);
}

test('a day without a network: the list opens, visits wait, each arrives once', async ({
	request
}) => {
	const officer = await Api.as(request, WHO.officer);
	await posted(officer);
	const board = () => officer.get<Board>(`/campaigns/${CAMPAIGN}`);
	const device = new Device();
	try {
		let page = await device.open();
		await signIn(page, WHO.team);
		await page.goto('/visits');
		await expect(page.locator('.doors li').first()).toBeVisible();
		await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);
		await expect(page.locator('[data-keeps="true"]')).toBeVisible({ timeout: 60_000 });
		await device.cable.cut(page);
		await page.reload();
		await expect(page.locator('.doors li').first()).toBeVisible();
		await record(page, 'Đã gặp', 'Đã hướng dẫn');
		await record(page, 'Vắng');
		await record(page, 'Từ chối');
		await expect(page.locator('[data-queue="3"]')).toBeVisible();
		await expect(page.locator('[data-stand="mopup"]')).toHaveCount(1);

		page = await device.restart();
		await page.goto('/visits');
		await expect(page.locator('[data-queue="3"]')).toBeVisible();
		expect((await board()).visits).toBe(0);
		await device.cable.mend(page);
		await expect(page.locator('[data-queue="0"]')).toBeVisible();
		const want = { not_home: 1, refused: 1, taught: 1 };
		expect(await board()).toMatchObject({ visits: 3, visited: 3, met: 2, outcomes: want });
		await page.locator('.sync button').click();
		await page.reload();
		await expect(page.locator('[data-queue="0"]')).toBeVisible();
		expect((await board()).visits).toBe(3);
	} finally {
		await device.end();
	}
});

test('the officer’s board follows, and the plan says what it assumes', async ({ page }) => {
	await signIn(page, WHO.officer);
	await page.goto(`/campaigns/${CAMPAIGN}`);
	await expect(page.locator('[data-visited]')).toHaveText('3');
	await page.goto(`/planner/${COMMUNE}`);
	await expect(page.locator('[data-headline]')).toContainText(/Dạy \d+ em → \+\d+ hộ/);
	await expect(page.locator('main')).toContainText('Đây là giả định, không phải dự báo.');
});
