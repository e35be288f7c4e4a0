// A teacher brings a list in: a wrong row is marked and nothing is written; the mended file is
// written, the same file again changes nothing, and the import is taken back. A school admin
// does it for the whole school, and takes the list out for another program.
import { expect, test, type Page } from '@playwright/test';
import { clean } from './axe.ts';
import { Api, signIn, WHO } from './kit.ts';

const HEAD = 'Mã định danh Bộ GD&ĐT;Họ và tên;Ngày sinh;Giới tính;Dân tộc\n';
const stamp = String(Date.now()).slice(-8);
const GOOD = `${HEAD}77${stamp}1;Lê Thị Thử;05/09/2013;Nữ;Kinh\n77${stamp}2;Trần Văn Thử;31/01/2013;Nam;Tày\n`;
const WRONG = `${GOOD}77${stamp}3;Phạm Văn Sai;31/02/2013;Nam;Dao\n`;

async function choose(page: Page, text: string, name = 'danh sách.csv'): Promise<void> {
	await page
		.locator('#file')
		.setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
	await page.locator('form button.primary').click();
}

interface Classes {
	items: { id: string; name: string }[];
}

test('a list comes in, and goes again', async ({ page, request }) => {
	const api = await Api.as(request, WHO.teacher);
	const klass = (await api.get<Classes>('/classes')).items[0]!;
	await signIn(page, WHO.teacher);
	await page.goto(`/classes/${klass.id}/import`);
	await expect(page.locator('main h1')).toContainText(klass.name);
	await page.locator('form button.primary').click();
	await expect(page.locator('#file-wrong')).toBeVisible();
	await expect(page.locator('#file')).toBeFocused();
	await clean(page, 'import, step 2');

	await choose(page, WRONG);
	const preview = page.locator('[data-preview]');
	await expect(preview).toContainText('nên chưa ghi gì');
	await expect(preview.locator('[data-dropped]')).toContainText('Dân tộc');
	await expect(preview.locator('td.wrong')).toContainText('31/02/2013');
	await expect(preview.locator('td.wrong')).toContainText('không phải một ngày có thật');
	await expect(preview).toContainText('dòng 4, cột Ngày sinh');
	await clean(page, 'import, a wrong row');

	await preview.getByRole('button', { name: 'Chọn tệp khác' }).click();
	await expect(page.locator('#file')).toBeFocused();
	await choose(page, GOOD);
	await preview.getByText('Sẽ thay đổi những gì').click();
	await expect(preview).toContainText('Lê Thị Thử');
	await preview.getByRole('button', { name: 'Nhập danh sách (2)' }).press('Enter');
	const result = page.locator('[data-result]');
	await expect(result).toContainText('Đã nhập: 2 em mới');
	await expect(result.locator(`a[href="/classes/${klass.id}/cards"]`)).toBeVisible();
	await clean(page, 'import, result');

	await result.getByRole('button', { name: 'Chọn tệp khác' }).click();
	await choose(page, GOOD);
	await expect(preview).toContainText('0 thay đổi');
	await preview.getByRole('button', { name: 'Chọn tệp khác' }).click();

	await page.getByRole('button', { name: 'Hoàn tác lần nhập này' }).click();
	await clean(page, 'import, undo asked');
	await page.getByRole('dialog').getByRole('button', { name: 'Hoàn tác', exact: true }).click();
	await expect(page.locator('[data-undone]')).toContainText('2 em như trước');
	await expect(page.getByText('đã hoàn tác', { exact: true }).first()).toBeVisible();
	await choose(page, GOOD);
	await expect(preview.getByRole('button', { name: 'Nhập danh sách (2)' })).toBeVisible();
});

test('what is no list is named', async ({ page, request }) => {
	const api = await Api.as(request, WHO.teacher);
	const klass = (await api.get<Classes>('/classes')).items[0]!;
	await signIn(page, WHO.teacher);
	await page.goto(`/classes/${klass.id}/import`);
	await choose(page, '\xd0\xcf\x11\xe0' + '\0'.repeat(700), 'cu.xls');
	// The browser sends text as UTF-8, so this is no workbook at all, only noise.
	await expect(page.locator('[data-refused]')).toBeVisible();
	await choose(page, 'Họ tên;Lớp\nLê An;7A\n');
	await expect(page.locator('[data-refused]')).toContainText('thiếu cột này');
	await clean(page, 'import, refused');
});

test('a whole school, and out for another program', async ({ page }) => {
	await signIn(page, WHO.school);
	await page.goto('/school/import');
	const text = `Mã định danh Bộ GD&ĐT;Họ và tên;Ngày sinh;Lớp\n78${stamp}1;Lê Thị Trường;05/09/2014;6Z9\n`;
	await choose(page, text);
	const preview = page.locator('[data-preview]');
	await expect(preview).toContainText('Lớp sẽ được tạo: 6Z9');
	await preview.getByRole('button', { name: 'Nhập danh sách (1)' }).click();
	const result = page.locator('[data-result]');
	await expect(result).toContainText('1 em mới');
	await result.getByRole('button', { name: 'Hoàn tác lần nhập này' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Hoàn tác', exact: true }).click();
	await expect(result.locator('[data-undone]')).toContainText('1 em như trước');

	await page.goto('/school/import');
	await page.getByText('Xuất cho phần mềm khác').click();
	await page.getByRole('button', { name: 'Xem có gì trong gói' }).click();
	await expect(page.locator('details[open]')).toContainText('Thầy cô, tài khoản');
	const [file] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: 'Tải gói về' }).click()
	]);
	expect(file.suggestedFilename()).toBe('danh-sach-oneroster-1.2.zip');
	await page.locator('#file').setInputFiles(await file.path());
	await page.locator('form button.primary').click();
	await expect(preview).toContainText('0 thay đổi');
	const [sheet] = await Promise.all([
		page.waitForEvent('download'),
		preview
			.getByRole('button', { name: 'Chọn tệp khác' })
			.click()
			.then(() => page.getByRole('button', { name: 'Tải mẫu Excel' }).click())
	]);
	expect(sheet.suggestedFilename()).toBe('mau-danh-sach-hoc-sinh.xlsx');
});
