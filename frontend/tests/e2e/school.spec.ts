// A school's year in the browser: the hub, staff, roll-over preview, transfers, leavers, the network check.
import { expect, test, type Page } from '@playwright/test';
import { signIn, WHO, fits } from './kit.ts';

/** Chooses a class by its name and the pupil at a place of its list. */
async function pick(page: Page, klass: RegExp, at: number): Promise<string> {
	const classes = page.getByLabel('Lớp', { exact: true });
	const name = await classes.locator('option', { hasText: klass }).first().textContent();
	await classes.selectOption({ label: name ?? '' });
	const pupils = page.getByLabel('Học sinh', { exact: true });
	await expect(pupils).toBeEnabled();
	const pupil = (await pupils.locator('option').nth(at).textContent()) ?? '';
	await pupils.selectOption({ index: at });
	return pupil;
}

test('a school administrator lands on the school, puts an item off and sees figures of figures', async ({
	page
}) => {
	await signIn(page, WHO.school);
	await expect(page).toHaveURL(/\/school$/);
	await expect(page.locator('[data-figure=accounts] strong')).toHaveText(/^[\d.]+\/[\d.]+$/);
	const items = page.locator('[data-todo]');
	const before = await items.count();
	expect(before).toBeGreaterThan(0);
	const key = await items.first().getAttribute('data-todo');
	await items
		.first()
		.getByRole('button', { name: /Nhắc sau 7 ngày/ })
		.click();
	await expect(page.locator(`[data-todo=${key}]`)).toHaveCount(0);
	await expect(items).toHaveCount(before - 1);
});

test('staff: invited by a typed list, a role for today that can be ended', async ({
	page,
	browser
}) => {
	await signIn(page, WHO.school);
	await page.goto('/school/staff');
	await page.getByRole('button', { name: 'Mời thầy cô' }).click();
	await page.getByLabel('Gõ tên, mỗi người một dòng').fill('Đỗ Thị Hạnh\n2. Vũ Văn Bền');
	await page.getByRole('button', { name: 'Đưa vào bảng' }).click();
	await expect(page.locator('[data-invite]')).toHaveCount(2);
	await page.getByRole('button', { name: 'Tạo 2 tài khoản' }).click();
	const slips = page.locator('[data-slips] li');
	await expect(slips).toHaveCount(2);
	const [username, secret] = await slips.first().locator('code').allTextContents();
	await page.getByRole('button', { name: 'Đóng', exact: true }).last().click();
	const row = page.locator(`[data-staff=${username}]`);
	await expect(row).toContainText('Chưa đăng nhập');

	await row.getByRole('button', { name: /^Phân công/ }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Vai trò').selectOption('invigilator');
	await dialog.getByRole('button', { name: 'Chỉ hôm nay' }).click();
	await dialog.getByRole('button', { name: 'Lưu phân công' }).click();
	await expect(row).toContainText('Giám thị phiên học (đến hết');
	await page.setViewportSize({ width: 320, height: 640 });
	await fits(page, 'a role with its days at 320 px');
	await page.setViewportSize({ width: 1280, height: 720 });
	await row.getByRole('button', { name: /Kết thúc vai trò.*Giám thị/ }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Kết thúc vai trò' }).click();
	await expect(row).not.toContainText('Giám thị');

	const other = await (await browser.newContext()).newPage();
	await signIn(other, username ?? '', secret ?? '');
	await expect(other).toHaveURL(/account/);
	await other.context().close();
	await row.getByRole('button', { name: /^Rời trường/ }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Rời trường' }).click();
	await expect(row).toHaveCount(0);
});

test('roll-over: what would happen is shown, with an exception, and applying waits for its day', async ({
	page
}) => {
	await signIn(page, WHO.school);
	await page.goto('/school/rollover');
	const klass = page.locator('[data-class="7A"]');
	await expect(klass.locator('input').first()).toHaveValue('8A');
	await pick(page, /^7A/, 1);
	await page.getByLabel('Em này').selectOption('repeat');
	await page.getByRole('button', { name: 'Thêm', exact: true }).click();
	await expect(page.locator('[data-exception]')).toHaveCount(1);
	await page.getByRole('button', { name: 'Xem trước' }).click();
	const preview = page.locator('[data-preview]');
	await expect(preview).toContainText('em học lại lớp');
	await expect(preview).toContainText('8A');
	await expect(preview.getByRole('button', { name: 'Áp dụng' })).toBeDisabled();
});

test('a transfer code is made, shown on a slip, and taken back', async ({ page }) => {
	await signIn(page, WHO.school);
	await page.goto('/school/transfers');
	const name = await pick(page, /^8/, 1);
	await page.getByRole('button', { name: 'Tạo mã chuyển trường' }).click();
	const slip = page.locator('[data-slip]');
	await expect(slip).toContainText(name);
	await expect(slip.locator('code')).toHaveText(/^[0-9A-Z-]{9,}$/i);
	await page.locator('[data-offer]').getByRole('button', { name: 'Thu hồi mã' }).click();
	await expect(page.locator('[data-offer]')).toHaveCount(0);
	await page.getByLabel('Vào lớp').selectOption({ index: 1 });
	await page.getByLabel('Mã trên giấy của trường cũ').fill('2222-2222');
	await page.getByRole('button', { name: 'Nhận vào lớp' }).click();
	await expect(page.getByRole('alert')).toBeVisible();
	await page.getByLabel('Mã định danh Bộ GD&ĐT').fill('2299999999');
	await page.getByLabel('Họ và tên').fill('Ai Đó Không Có');
	await page.getByLabel('Ngày sinh').fill('2013-01-02');
	await page.getByRole('button', { name: 'Gửi yêu cầu' }).click();
	await expect(page.locator('[data-asked]')).toContainText('Đang chờ');
});

test('a pupil who leaves stands on the list with a reason', async ({ page }) => {
	await signIn(page, WHO.school);
	await page.goto('/school/leavers');
	const name = await pick(page, /^8/, 2);
	await page.getByLabel('Lý do', { exact: true }).selectOption('moved_away');
	await page.getByRole('button', { name: 'Ghi lại' }).click();
	await expect(page.locator('[data-leaver]', { hasText: name })).toContainText('Chuyển khỏi tỉnh');
});

test('a teacher measures how many pupils at once', async ({ page }) => {
	await signIn(page, WHO.teacher);
	await page.goto('/school/ready');
	await page.getByRole('button', { name: 'Bắt đầu đo' }).click();
	const verdict = page.locator('[data-verdict]');
	await expect(verdict).toBeVisible({ timeout: 90_000 });
	await expect(verdict.locator('h2')).toHaveText(/(Khoảng|Ít nhất) [\d.]+ em/);
	await expect(page.locator('[data-check]').first()).toBeVisible();
	await page.goto('/school');
	await expect(page.locator('main')).not.toContainText('Việc cần làm lúc này');
});
