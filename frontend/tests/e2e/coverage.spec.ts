// An officer reads the coverage of the province: map and table agree, any day under any map,
// by keyboard, with targets, and from the copy on the device.
import { expect, test, type Page } from '@playwright/test';
import { Api, signIn, WHO } from './kit.ts';
import { Device, swReady } from './line.ts';

const COMMUNE = process.env.E2E_COMMUNE ?? '06685';
const TARGET = '019a0000-0000-7000-8000-00000000cafe';
const figure = (text: string | null) => Number((text ?? '').replace(/\D/g, ''));
const shown = async (page: Page, status: string) =>
	figure(await page.locator(`.figures .${status} .n`).textContent());
/** The sum of a column of the table of places. */
async function sum(page: Page, column: number): Promise<number> {
	const cells = await page.locator(`section table tbody td:nth-child(${column})`).allTextContents();
	return cells.reduce((total, cell) => total + figure(cell), 0);
}

test('map and table say the same, and add up to the province', async ({ page }) => {
	await signIn(page, WHO.dept);
	await page.goto('/coverage/22');
	await expect(page.locator('.map svg > path:not(.lit)')).toHaveCount(54);
	await expect(page.locator('section table tbody tr')).toHaveCount(54);
	for (const [column, status] of [
		[3, 'covered'],
		[4, 'not_covered'],
		[5, 'unknown']
	] as const)
		expect(await sum(page, column), status).toBe(await shown(page, status));
	// The legend counts every place once.
	const counts = await page.locator('.legend .num').allTextContents();
	expect(counts.reduce((total, text) => total + figure(text), 0)).toBe(54);
	// Over a row the shape is outlined, over a shape the row.
	const row = page.locator('section table tbody tr').nth(7);
	await row.hover();
	await expect(page.locator('.map path.lit')).toHaveCount(1);
	await expect(page.locator('.map .said strong')).toHaveText(
		(await row.locator('th a').textContent()) ?? ''
	);

	await test.step('one skill', async () => {
		const five = await shown(page, 'covered');
		await page.locator('#cover-skill').selectOption('online_payment');
		await expect(page).toHaveURL(/skill=online_payment/);
		await expect(page.locator('.badges li')).toHaveCount(1);
		expect(await shown(page, 'covered')).toBeGreaterThanOrEqual(five);
		expect(await sum(page, 3)).toBe(await shown(page, 'covered'));
	});
	await test.step('by keyboard, the filters go along', async () => {
		const links = page.locator('section table tbody th a');
		const commune = page.locator(`section table tbody th a[href*="${COMMUNE}"]`);
		await commune.focus();
		await page.keyboard.press('ArrowUp');
		await page.keyboard.press('ArrowDown');
		await expect(commune).toBeFocused();
		await page.keyboard.press('Enter');
		await expect(page).toHaveURL(new RegExp(`/coverage/${COMMUNE}\\?skill=online_payment`));
		await expect(links.first()).toBeVisible();
		await page.locator('nav .crumbs summary').click();
		await expect(page.locator('nav .menu a')).toHaveCount(54);
		await page.keyboard.press('Backspace');
		await expect(page).toHaveURL(/\/coverage\/22\?skill=online_payment/);
	});
	await test.step('the filter box takes a share', async () => {
		const rows = page.locator('section table tbody tr');
		await page.locator('.boxes .share input').fill('>101');
		await expect(rows).toHaveCount(0);
		const box = page.locator('.boxes .households input');
		await page.locator('.boxes .share input').fill('');
		await box.fill('2,>0&<100000');
		await box.press('Enter');
		await expect(page).toHaveURL(/f-households=/);
		const kept = await rows.count();
		expect(kept).toBeGreaterThan(0);
		await page.reload();
		await expect(rows).toHaveCount(kept);
		await page.locator('.badges li', { hasText: '2,>0&<100000' }).locator('button').click();
		await expect(page).not.toHaveURL(/f-households=/);
	});
});

test('the same households under the 177, the 171 and the 54 communes', async ({ page }) => {
	await signIn(page, WHO.dept);
	await page.goto('/coverage/22');
	const households = async () =>
		(await shown(page, 'covered')) +
		(await shown(page, 'not_covered')) +
		(await shown(page, 'unknown'));
	const now = await households();
	for (const [map, rows] of [
		['2024-10-31', 177],
		['2025-06-30', 171],
		['2025-07-01', 54]
	] as const) {
		await page.locator('#cover-map').selectOption(map);
		await expect(page.locator('section table tbody tr')).toHaveCount(rows);
		expect(await households(), map).toBe(now);
		const note = page.locator('[data-unplaced]');
		const apart = (await note.count()) ? await note.getAttribute('data-unplaced') : 0;
		expect((await sum(page, 6)) + Number(apart), map).toBe(now);
	}
	await page.locator('#cover-on').fill('2020-01-01');
	await page.locator('#cover-on').dispatchEvent('change');
	await expect.poll(households).toBe(0);
	await page.locator('.badges button').first().click();
	await expect(page.locator('.badges li')).toHaveCount(1);
	await page.locator('.badges button').first().click();
	await expect(page.locator('.badges')).toHaveCount(0);
	await expect.poll(households).toBe(now);
});

test('a commune sets what it is to reach, sees where the pace leads, and takes it back', async ({
	page,
	request
}) => {
	await signIn(page, WHO.officer);
	await page.goto(`/coverage/${COMMUNE}?view=trend`);
	await expect(page.locator('.chart svg')).toBeVisible();
	await page.locator('.figures button', { hasText: /Chỉ tiêu|Targets/ }).click();
	await page.locator('#target-share').fill('37.5');
	await page.locator('#target-on').fill('2031-12-31');
	await page.locator('#target-source').fill('Kế hoạch 7 của phường');
	await page.locator('dialog form .primary').click();
	const line = page.locator('dialog .targets li', { hasText: 'Kế hoạch 7 của phường' });
	await expect(line).toContainText('37,5 %');
	await page.keyboard.press('Escape');
	await expect(page.locator('.chart figcaption')).toContainText('37,5 %');
	await page.locator('.figures button', { hasText: /Chỉ tiêu|Targets/ }).click();
	await line.locator('button').click();
	await expect(line).toHaveCount(0);
	// A phone that sends its target twice has set one.
	const api = await Api.as(request, WHO.officer);
	const body = { id: TARGET, skill: 'all', on: '2032-12-31', share: 5000, source: 'Thử' };
	for (let twice = 0; twice < 2; twice++)
		await api.call('POST', `/areas/${COMMUNE}/coverage/targets`, body);
	const { items } = await api.get<{ items: { id: string }[] }>(
		`/areas/${COMMUNE}/coverage/targets`
	);
	expect(items.filter((one) => one.id === TARGET)).toHaveLength(1);
	await api.call('DELETE', `/coverage-targets/${TARGET}`);
});

test('the other views, and a copy for a day without a network', async () => {
	const device = new Device();
	try {
		const page = await device.open();
		await signIn(page, WHO.officer);
		await page.goto(`/coverage/${COMMUNE}?view=scores`);
		await expect(page.locator('.grade').first()).toBeVisible();
		await page.goto(`/coverage/${COMMUNE}?view=schools`);
		await expect(page.locator('section[aria-labelledby=schools] tbody tr').first()).toBeVisible();
		await page.goto(`/coverage/${COMMUNE}?view=compare`);
		await page.locator('#compare-add').selectOption({ index: 1 });
		await page.locator('#compare-add').selectOption({ index: 1 });
		await expect(page.locator('section[aria-labelledby=compare] li.card')).toHaveCount(2);
		await expect(page.locator('section[aria-labelledby=compare] polyline')).toHaveCount(2);
		await expect(page).toHaveURL(/with=/);
		await page.goto(`/coverage/${COMMUNE}?skill=self_protection`);
		const number = await shown(page, 'covered');
		await page.locator('.keep button').click();
		await expect(page.locator('.keep p')).toContainText(/Đã giữ|were kept/);
		await expect.poll(() => swReady(page)).toBe(true);
		await device.cable.cut(page);
		await page.reload();
		await expect(page.locator('.figures')).toBeVisible();
		expect(await shown(page, 'covered')).toBe(number);
		await expect(page.locator('.chip.warn')).toBeVisible();
		await expect(page.locator('.keep button')).toBeDisabled();
	} finally {
		await device.end();
	}
});
