// The desk for personal data: a correction brings a new completion confirmation, a copy is handed
// over; the department looks names up for a reason and the school reads who looked.
import { expect, test } from '@playwright/test';
import { Api, signIn, WHO } from './kit.ts';

interface Certificate {
	code: string;
	person_id: string;
	holder_name: string;
	status: string;
}

test('a corrected name brings a new version of the confirmation', async ({ page, request }) => {
	const school = await Api.as(request, WHO.school);
	const certificates = await school.get<{ items: Certificate[] }>('/certificates');
	// The last of the list: other specs take the first ones.
	const old = certificates.items.filter((one) => one.status === 'valid').at(-1)!;
	const name = `${old.holder_name.split(' ').slice(0, -1).join(' ')} Ánh`;

	await signIn(page, WHO.school);
	await page.goto('/requests');
	await page.getByRole('button', { name: 'Ghi yêu cầu mới' }).click();
	await page.locator('#request-person').fill(old.holder_name);
	await page.locator('[role=option]').first().click();
	await page.locator('#request-kind').selectOption('correction');
	await page.locator('#wish-name').fill(name);
	await page.locator('dialog[open] form button.primary').click();
	const card = page.locator('[data-kind=correction]', { hasText: name });
	await expect(card).toContainText('Trả lời trước');
	await card.getByRole('button', { name: 'Nhận phụ trách' }).click();
	await expect(card).toContainText('Người phụ trách');
	await card.getByRole('button', { name: 'Sửa và đóng yêu cầu' }).click();
	await page.locator('dialog[open] form button.primary').click();
	await expect(card).toHaveCount(0);
	await page.getByRole('link', { name: 'Đã trả lời' }).click();
	await expect(page.locator('[data-kind=correction]', { hasText: name })).toContainText(
		'Giấy xác nhận bản mới'
	);

	await page.goto(`/verify/${old.code}`);
	await expect(page.locator('main')).toContainText('Đã có bản mới thay thế');
	const now = await school.get<{ items: Certificate[] }>(
		`/certificates?q=${encodeURIComponent(name)}`
	);
	expect(now.items.find((one) => one.status === 'valid')!.code).not.toBe(old.code);
});

test('a copy of everything is made before the request is closed', async ({ page, request }) => {
	const school = await Api.as(request, WHO.school);
	const { items } = await school.get<{ items: { person_id: string; full_name: string }[] }>(
		'/data-requests/persons?q=an'
	);
	const person = items.at(-1)!;
	await school.call('POST', '/data-requests', {
		id: crypto.randomUUID(),
		kind: 'access',
		person_id: person.person_id,
		asked_by: 'guardian',
		relation: 'mother',
		channel: 'paper'
	});
	await signIn(page, WHO.school);
	await page.goto('/requests');
	const card = page.locator('[data-kind=access]', { hasText: person.full_name });
	await expect(card.getByRole('button', { name: 'Đã xong, đóng yêu cầu' })).toBeDisabled();
	const file = page.waitForEvent('download');
	await card.getByRole('button', { name: 'Tạo tệp dữ liệu' }).click();
	expect((await file).suggestedFilename()).toBe('du-lieu-ca-nhan.zip');
	await card.getByRole('button', { name: 'Đã xong, đóng yêu cầu' }).click();
	await page.locator('#close-answer').fill('Mẹ em đã nhận tệp.');
	await page.locator('dialog[open] form button.primary').click();
	await expect(card).toHaveCount(0);
});

test('names of others for a reason, three hours, and the school reads who looked', async ({
	page
}) => {
	const note = `Phụ huynh khiếu nại, đợt ${Date.now()}`;
	await signIn(page, WHO.dept);
	await page.goto('/names');
	await page.getByRole('button', { name: 'Mở trong 3 giờ' }).click();
	await expect(page.locator('#look-reason-error')).toBeVisible();
	await page.locator('#look-reason').selectOption('complaint');
	await page.locator('#look-note').fill(note);
	await page.getByRole('button', { name: 'Mở trong 3 giờ' }).click();
	await expect(page.getByRole('timer')).toContainText(/Còn 2:59:\d\d|Còn 3:00:00/);
	await page.locator('#look-query').fill('nguyễn');
	await page.getByRole('button', { name: 'Xem tên', exact: true }).click();
	await expect(page.locator('[data-pupil]').first()).toBeVisible();
	await page.getByRole('button', { name: 'Kết thúc ngay' }).click();
	await expect(page.locator('#look-reason')).toBeVisible();

	const other = await page.context().browser()!.newContext();
	const school = await other.newPage();
	await signIn(school, WHO.school);
	await school.goto('/audit?act=lookup_read');
	await expect(school.locator('[data-act=lookup_read]').first()).toContainText(note);
	await other.close();
});

test('the record is intact, and says so against a printed line too', async ({ page }) => {
	await signIn(page, WHO.admin);
	await page.goto('/audit');
	await expect(page.locator('[data-act]').first()).toBeVisible();
	await page.getByRole('button', { name: 'Kiểm tra nhật ký' }).click();
	await expect(page.locator('[data-differences="0"]')).toContainText('Nguyên vẹn');
	await page.locator('#check-day').fill('2026-01-05');
	await page.locator('#check-digest').fill('ab'.repeat(32));
	await page.getByRole('button', { name: 'Kiểm tra nhật ký' }).click();
	await expect(page.locator('[data-differences="1"]')).toContainText('không khớp');
});
