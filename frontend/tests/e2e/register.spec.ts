// The register: a file brought in while the officer watches, its doubles merged and taken
// back, and an adult of a household who makes an account with a code of the team.
import { expect, test } from '@playwright/test';
import { Api, PASSWORD, signIn, WHO } from './kit.ts';

const COMMUNE = '06685';
interface Row {
	id: string;
	head_name: string;
}

/** The village of the commune with the most households. */
async function village(api: Api): Promise<string> {
	const { children } = await api.get<{ children: { code: string; households: number }[] }>(
		`/areas/${COMMUNE}/coverage`
	);
	return children.toSorted((a, b) => b.households - a.households)[0]!.code;
}

test('a register is checked, written, and its doubles are merged and taken back', async ({
	page,
	request
}) => {
	const api = await Api.as(request, WHO.officer);
	const code = await village(api);
	const { items } = await api.get<{ items: Row[] }>(
		`/villages/${code}/households?status=unknown&limit=3`
	);
	const stamp = Date.now();
	const csv = [
		'Mã hộ,Mã thôn,Chủ hộ',
		...items.map((row, i) => `E2E${stamp}${i},${code},${row.head_name}`),
		`E2E${stamp}X,V-QQQQQQQ,Sai Thôn`
	].join('\n');

	await signIn(page, WHO.officer);
	await page.goto('/registers');
	await page.locator('#reg-source').fill('Công an phường, kiểm thử');
	await page
		.locator('#reg-file')
		.setInputFiles({ name: 'so-ho.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
	await page.locator('form button.primary').click();
	await expect(page.locator('[data-state=ready]')).toBeVisible({ timeout: 15_000 });
	await expect(page.getByText(`E2E${stamp}0`)).toBeVisible();
	const write = page.locator('section .btn.primary').first();
	await expect(write).toBeDisabled();
	await page.locator('label.check input').check();
	await write.click();
	await expect(page.locator('[data-state=done]')).toBeVisible({ timeout: 15_000 });

	await page.goto(`/duplicates/${COMMUNE}`);
	await page.locator('button.primary').first().click();
	const pair = page.locator('[data-pair]', { hasText: `E2E${stamp}0` });
	await expect(pair).toBeVisible({ timeout: 15_000 });
	await pair.locator('button.primary').click();
	await page.locator('dialog form button.primary').click();
	await expect(pair).toHaveCount(0);

	await page.goto(`/duplicates/${COMMUNE}?state=merged`);
	await pair.locator('a').first().click();
	await expect(page.locator('#merges')).toBeVisible();
	await page.locator('section[aria-labelledby=merges] button').click();
	await page.locator('dialog textarea').fill('Hai hộ khác nhau');
	await page.locator('dialog button.primary, dialog button.danger').first().click();
	await expect(page.locator('#merges')).toHaveCount(0);
});

test('an adult makes an account with a code of the team', async ({ browser, page, request }) => {
	const api = await Api.as(request, WHO.team);
	const { items } = await api.get<{ items: Row[] }>(
		`/villages/${await village(api)}/households?status=unknown&limit=5`
	);
	await signIn(page, WHO.team);
	await page.goto(`/households/${items.at(-1)!.id}`);
	await page.getByRole('button', { name: 'Mã cho người lớn' }).click();
	await page.locator('dialog button.primary').click();
	const code = await page.locator('dialog [data-code]').innerText();

	const own = await browser.newContext();
	const phone = await own.newPage();
	await phone.goto('/login');
	await phone.locator('a[href="/adult"]').click();
	await phone.locator('#ad-code').fill(code);
	await phone.locator('form button.primary').click();
	await phone.locator('#ad-name').fill('Bà Trần Thị Kiểm Thử');
	await phone.locator('#ad-born').fill('2015-01-01');
	await phone.locator('#ad-password').fill(PASSWORD);
	await phone.locator('form button.primary').click();
	await expect(phone.locator('#ad-born-error, [id*=ad-born]').last()).toBeVisible();
	await phone.locator('#ad-born').fill('1960-01-01');
	await phone.locator('form button.primary').click();
	// One press leads on, with what was just chosen; the name is for the next time.
	const username = await phone.locator('[data-username]').innerText();
	await phone.getByRole('link', { name: 'Đăng nhập và học' }).click();
	await expect(phone).toHaveURL(/\/home$/);
	await expect(phone.locator('main h1')).toContainText('Thử');
	await expect(phone.locator('#goal')).toHaveCount(0); // there is no class
	await own.clearCookies();
	await phone.goto(`/login#${username}`);
	await expect(phone.locator('#username')).toHaveValue(username);
	await signIn(phone, username);
	// The pupils' pages speak to somebody grown up without "em"; what a course tells is let be.
	for (const path of ['/household', '/certificates', '/account']) {
		await phone.goto(path);
		await expect(phone.getByRole('link', { name: 'Nhà mình' }).first()).toBeAttached();
		await expect(phone.locator('main h1')).toBeVisible();
		const said = await phone.locator('main').innerText();
		expect(said.match(/.*(?<!\p{L})em(?!\p{L}).*/iu)?.[0], path).toBeUndefined();
	}
	await own.close();

	await page.reload();
	await page.getByRole('button', { name: /^Xác nhận/ }).click();
	await expect(page.getByText('Đã xác nhận').first()).toBeVisible();
});
