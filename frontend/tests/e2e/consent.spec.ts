// Consent to be named: a guardian withdraws with the code on the form, the officer's page loses
// the name and keeps the household; the teacher records a new form and the name is back.
import { expect, test } from '@playwright/test';
import { Api, signIn, WHO } from './kit.ts';

interface Row {
	person_id: string;
	name: string;
	code: string;
	complete: boolean;
}

test('a withdrawal by code hides the name, a new form shows it again', async ({
	page,
	request
}) => {
	const teacher = await Api.as(request, WHO.teacher);
	const officer = await Api.as(request, WHO.officer);
	const classes = await teacher.get<{ items: { id: string; name: string }[] }>('/classes');
	const klass = classes.items.find((one) => one.name === '7A')!;
	const links = await teacher.get<{
		items: { person_id: string; student_name: string; state: string; household: { id: string } }[];
	}>(`/classes/${klass.id}/household-links`);

	await signIn(page, WHO.teacher);
	await page.goto(`/classes/${klass.id}/consents`);
	const forms = page.waitForEvent('download');
	await page.getByRole('button', { name: 'In phiếu cả lớp' }).click();
	expect((await forms).suggestedFilename()).toBe('phieu-dong-y.pdf');
	const kept = await teacher.get<{ items: Row[] }>(`/classes/${klass.id}/consents`);
	const link = links.items.find(
		(one) =>
			one.state === 'confirmed' &&
			kept.items.find((row) => row.person_id === one.person_id)!.complete
	)!;
	const row = kept.items.find((one) => one.person_id === link.person_id)!;
	const house = async () =>
		JSON.stringify(await officer.get<unknown>(`/households/${link.household.id}`));
	expect(await house()).toContain(row.name);
	const before = await officer.get<{ covered: number }>('/areas/06685/coverage');

	const family = await page.context().browser()!.newPage();
	await family.goto(`/consent`);
	await family.locator('#consent-code').fill(`${row.code.slice(0, -1)}0`);
	await family.getByRole('button', { name: 'Mở' }).click();
	await expect(family.getByText('Mã có ký tự sai')).toBeVisible();
	await family.locator('#consent-code').fill(row.code.toLowerCase());
	await family.getByRole('button', { name: 'Mở' }).click();
	const area = family.locator('[data-kind=area_names]');
	await area.getByRole('button').click();
	await expect(area.getByText('Tên đã được ẩn')).toBeVisible();
	await expect(family.locator('main')).not.toContainText(row.name);
	expect(await house()).not.toContain(row.name);
	expect((await officer.get<{ covered: number }>('/areas/06685/coverage')).covered).toBe(
		before.covered
	);
	await family.close();

	await page.reload();
	await page.locator('#consent-find').fill(row.code);
	await page.keyboard.press('Enter');
	await expect(page.locator('#record-head')).toHaveText(row.name);
	const both = page.locator('fieldset').first();
	await expect(both.locator('input:checked')).toHaveCount(0);
	await both.locator('[value=grant]').nth(0).check();
	await both.locator('[value=grant]').nth(1).check();
	await page.getByRole('button', { name: 'Lưu' }).click();
	await expect(page.locator('#record-head')).toHaveCount(0);
	await expect(page.locator('#consent-find')).toBeFocused();
	expect(await house()).toContain(row.name);
});

test('a pupil withdraws the own consent and agrees again', async ({ page }) => {
	await signIn(page, WHO.student);
	await page.goto('/household');
	const area = page.locator('[data-kind=area_names]');
	await expect(area.getByRole('status')).toHaveText('được nêu tên');
	await area.getByRole('button').click();
	await expect(area.getByRole('status')).toHaveText('không nêu tên');
	await area.getByRole('button', { name: 'Em đồng ý' }).click();
	await expect(area.getByRole('status')).toHaveText('được nêu tên');
});

test('one key confirms, one takes it back', async ({ page, request }) => {
	const teacher = await Api.as(request, WHO.teacher);
	const classes = await teacher.get<{ items: { id: string; name: string }[] }>('/classes');
	const klass = classes.items.find((one) => one.name === '8B')!;
	await signIn(page, WHO.teacher);
	await page.goto(`/classes/${klass.id}/links`);
	const waiting = page.locator('li[data-state=claimed]').first();
	const person = await waiting.getAttribute('data-person');
	await waiting.focus();
	await page.keyboard.press('x');
	const row = page.locator(`li[data-person="${person}"]`);
	await expect(row).toHaveAttribute('data-state', 'confirmed');
	await row.focus();
	await page.keyboard.press('z');
	await expect(row).toHaveAttribute('data-state', 'claimed');
});
