// Questions travel: a teacher brings a GIFT file in, sees what was not taken and why, looks
// at a draft, takes the bank out as a file, and brings that file in again: nothing changes.
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { clean } from './axe.ts';
import { signIn, WHO } from './kit.ts';

const GIFT = `::Mật khẩu::Mật khẩu nào khó đoán nhất?{
	=mua-xuan-tren-ban-cao
	~123456#Ai cũng thử dãy này trước.
	~tên của em
	####Càng dài, càng lạ thì càng khó đoán.
}

::OTP::Đọc mã OTP cho bạn thân là an toàn.{FALSE#Mã chỉ dành cho em.}

::Tự luận::Kể lại một lần em gặp tin nhắn lạ.{}

[html]<p>Trang nào là của <b>nhà nước</b>?</p><script>alert(1)</script>{=dichvucong.gov.vn ~nha-nuoc.test#Đuôi không phải gov.vn.}
`;

async function bring(page: Page, name: string, file: string, text: string | Buffer): Promise<void> {
	await page
		.locator('#file')
		.setInputFiles({ name: file, mimeType: 'text/plain', buffer: Buffer.from(text) });
	await page.locator('#name').fill(name);
	await page.locator('form button.primary').click();
}

test('a GIFT file comes in, goes out and comes in again', async ({ page }) => {
	page.on('dialog', () => {
		throw new Error('a script of the file ran');
	});
	const bank = `Lớp 7 ${Date.now()}`;
	await signIn(page, WHO.teacher);
	await page.goto('/teach');
	await page.locator('main a[href="/banks"]').click();
	await expect(page.locator('main h1')).toHaveText('Ngân hàng câu hỏi');

	await page.locator('form button.primary').click();
	await expect(page.locator('#file-wrong')).toBeVisible();
	await bring(page, bank, 'x.txt', GIFT);
	const result = page.locator('[data-result]');
	await expect(result).toContainText('Đã thêm 3 câu.');
	await expect(result).toContainText('Dạng câu chưa có ở đây: tự luận');
	await expect(result).toContainText('dòng 10: Tự luận');
	await clean(page, 'banks with a result');

	await result.locator('a.btn').click();
	await expect(page.locator('main h1')).toHaveText(bank);
	const draft = page.locator('[data-draft="mat-khau"]');
	await expect(draft).toContainText('Còn thiếu');
	await draft.getByRole('button', { name: 'Xem thử' }).click();
	await expect(draft.locator('fieldset')).toContainText('mua-xuan-tren-ban-cao');
	await expect(draft.locator('dd')).toContainText('Ai cũng thử dãy này trước.');
	await expect(page.locator('main script')).toHaveCount(0);
	await clean(page, 'a bank with an open draft');

	await page.locator('details.card summary', { hasText: 'Lấy câu hỏi ra' }).click();
	await page.getByLabel('Loại tệp').selectOption('gift');
	await page.getByRole('button', { name: 'Xem tệp có gì' }).click();
	await expect(page.locator('details.card', { hasText: 'Lấy câu hỏi ra' })).toContainText(
		'3 câu vào tệp.'
	);
	const waiting = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Tải tệp về' }).click();
	const text = readFileSync(await (await waiting).path(), 'utf8');
	expect(text).toContain('::mat-khau::[html]Mật khẩu nào khó đoán nhất?{');
	expect(text).not.toContain('alert');

	await page.goto('/banks');
	await bring(page, bank, 'y.gift.txt', text);
	await expect(result).toContainText('Không thêm câu nào.');
	await expect(result).toContainText('3 câu đã có từ trước.');

	await result.locator('a.btn').click();
	await page.locator('[data-draft="otp"]').getByRole('button', { name: 'Xóa bản nháp' }).click();
	await page.locator('dialog button.danger').click();
	await expect(page.locator('[data-draft="otp"]')).toHaveCount(0);
	await page.reload();
	await expect(page.locator('[data-draft]')).toHaveCount(2);
});

test('a hostile file is refused with its place; a course goes out without quiz questions', async ({
	page
}) => {
	await signIn(page, WHO.school);
	await page.goto('/banks');
	await bring(page, 'x', 'x.xml', '<!DOCTYPE quiz [<!ENTITY a "b">]>\n<quiz>&a;</quiz>');
	await expect(page.locator('.note.bad')).toContainText('chưa có gì được ghi');
	await expect(page.locator('main')).toContainText('có thể là tệp độc hại');
	await page.locator('#course').selectOption('self_protection-thcs');
	await page.getByRole('button', { name: 'Xem tệp có gì' }).click();
	await expect(page.locator('main')).toContainText(
		'Câu của bài kiểm tra: chỉ quản trị viên lấy ra được'
	);
	await clean(page, 'banks with an export');
});
