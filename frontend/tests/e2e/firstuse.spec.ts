// Somebody with a class list in Excel and nothing else: from the file to a pupil's first answer.
// What a person needs is counted, not only whether it works: taps, keys, words to read.
import { expect, test, type Locator, type Page } from '@playwright/test';
import { clean } from './axe.ts';
import { Api, signIn, WHO } from './kit.ts';
import { anyAnswer, firstCard, officeList } from './office.ts';

const CLASS = '6A7';
const PUPILS = 36;
/** Five minutes, of which a person must not need more. */
const LIMIT = 300;
/** Keystroke-level model: deciding and pointing, one key, and a slow reader's words a second. */
const TAP = 2.7;
const KEY = 0.3;
const WORDS = 3;

/** Counts what a person does and reads on the way. */
class Person {
	taps = 0;
	keys = 0;
	words = 0;
	steps: string[] = [];
	async tap(what: Locator, step: string, taps = 1): Promise<void> {
		await expect(what).toBeVisible();
		await expect(what).toBeEnabled();
		this.taps += taps;
		this.steps.push(step);
		await what.click();
	}
	async type(field: Locator, text: string): Promise<void> {
		this.keys += text.length;
		await field.pressSequentially(text);
	}
	/** The page's own words, at most what fits on the screen once: nobody reads a list of 36 names. */
	async read(page: Page): Promise<void> {
		const text = await page.locator('main').innerText();
		this.words += Math.min(text.split(/\s+/).length, 60);
	}
	seconds(): number {
		return this.taps * TAP + this.keys * KEY + this.words / WORDS;
	}
}

test('from an Excel file to the first answer in less than five minutes', async ({
	page,
	browser
}) => {
	test.setTimeout(240_000);
	const who = new Person();
	await page.setViewportSize({ width: 1366, height: 768 });
	const start = Date.now();
	await signIn(page, WHO.school);
	who.keys += WHO.school.length + 11;
	who.taps += 3;
	await expect(page).toHaveURL(/\/school$/);
	await who.read(page);
	await who.tap(page.locator('a[href^="/school/import"]'), 'Trường → Nhập danh sách');
	await page.waitForURL(/\/school\/import/);
	await who.read(page);

	// Opening the chooser, marking the file, "Open": three taps that the system draws.
	who.taps += 3;
	await page.locator('#file').setInputFiles({
		name: `DS ${CLASS} (cuối).xlsx`,
		mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
		buffer: officeList(CLASS, PUPILS)
	});
	await who.tap(page.locator('form button.primary'), 'Xem trước');
	const preview = page.locator('[data-preview]');
	await expect(preview).toContainText(`Lớp sẽ được tạo: ${CLASS}`);
	for (const column of ['Dân tộc', 'SĐT liên hệ', 'Họ tên cha', 'Địa chỉ thường trú'])
		await expect(preview.locator('[data-dropped]')).toContainText(column);
	await who.read(page);
	await who.tap(
		preview.getByRole('button', { name: `Nhập danh sách (${PUPILS})` }),
		'Nhập danh sách'
	);
	const result = page.locator('[data-result]');
	await expect(result).toContainText(`Đã nhập: ${PUPILS} em mới`);
	await who.read(page);
	await clean(page, 'what comes after a school import');

	// No way back to the list of classes is needed: the new class is the next step.
	await who.tap(result.locator('[data-next] a.primary'), `Thẻ lớp ${CLASS}`);
	await page.waitForURL(/\/cards$/);
	await who.read(page);
	await expect(page.locator('li input:checked')).toHaveCount(PUPILS);
	await who.tap(page.locator('[data-print]'), `Làm thẻ cho ${PUPILS} em`);
	const link = page.locator('[data-made] a[download]');
	await expect(link).toBeVisible({ timeout: 60_000 });
	const [file] = await Promise.all([
		page.waitForEvent('download'),
		who.tap(link, 'Tải tệp PDF', 3)
	]);
	const card = firstCard(await file.path());

	await who.tap(page.locator('a[data-next]'), 'Đến nút mở phiên học');
	await page.waitForURL(/\/classes#class-/);
	const mine = page.locator('li.wanted');
	await expect(mine).toContainText(CLASS);
	await expect(mine).toBeInViewport();
	await who.tap(mine.locator('[data-open]'), 'Mở phiên học 45 phút');
	await page.waitForURL(/\/wall$/);
	const code = (await page.locator('.wall .code').getAttribute('data-code')) ?? '';
	expect(code).toHaveLength(6);

	// A shared computer, the first pupil.
	const pc = await (await browser.newContext({ viewport: { width: 1366, height: 768 } })).newPage();
	await pc.goto('/join');
	await who.read(pc);
	await who.type(pc.locator('#wall-code'), code);
	await who.tap(pc.locator('form .btn.primary'), 'Em: mã trên bảng');
	await who.tap(
		pc.locator('button[data-name]').filter({ hasText: card.name }).first(),
		'Em: chọn tên'
	);
	await who.type(pc.locator('#pin'), card.pin);
	await pc.waitForURL(/\/home$/);
	await who.read(pc);
	await who.tap(pc.locator('main a[href^="/skills/"]').first(), 'Em: chọn một kỹ năng');
	await pc.waitForURL(/\/skills\//);
	await who.read(pc);
	await who.tap(
		pc.locator('section[aria-labelledby="quiz"] button.btn').first(),
		'Em: làm bài được tính'
	);
	await pc.waitForURL(/\/quizzes\//);
	await who.read(pc);
	const stage = pc.locator('.stage fieldset[data-question]');
	await expect(stage).toBeVisible();
	// Any answer will do: what counts is that it is kept.
	await anyAnswer(stage, (what) => who.tap(what, 'Em: trả lời'));
	await expect(pc.locator('.mine [data-save]')).toHaveAttribute('data-save', 'saved');
	const machine = (Date.now() - start) / 1000;

	// The teacher sees it on the wall.
	await expect(page.locator('.wall .in')).toContainText(`1/${PUPILS}`);
	const person = who.seconds();
	console.log(
		`first use: ${who.taps} taps, ${who.keys} keys, ${who.words} words; ` +
			`machine ${machine.toFixed(0)} s + person ${person.toFixed(0)} s`
	);
	console.log(who.steps.join(' → '));
	expect(machine + person, 'seconds from the sign-in to the first answer').toBeLessThan(LIMIT);
	expect(who.taps).toBeLessThan(30);
	await pc.context().close();
});

test('a school that nobody has entered yet', async ({ page, request }) => {
	const name = `Trường THCS Thử ${Date.now()}`;
	await signIn(page, WHO.admin);
	await page.goto('/accounts');
	await page.locator('[data-new-school]').click();
	const dialog = page.getByRole('dialog');
	await dialog.getByRole('button', { name: 'Thêm trường' }).click();
	await expect(dialog.locator('#school-name')).toBeFocused();
	await dialog.getByLabel('Tên trường').fill(name);
	await dialog.getByLabel('Mã trường').fill(`22T${String(Date.now()).slice(-9)}`);
	await dialog.getByRole('button', { name: 'Thêm trường' }).click();
	await expect(dialog.locator('#school-commune')).toBeFocused();
	await dialog.locator('#school-commune').pressSequentially('Hồng Gai');
	await dialog.locator('[role=option]').first().click();
	await clean(page, 'a new school');
	await dialog.getByRole('button', { name: 'Thêm trường' }).click();
	await expect(dialog.locator('[data-school-made]')).toContainText(name);
	const api = await Api.as(request, WHO.admin);
	const found = await api.get<{ items: { name: string }[] }>(
		`/schools?q=${encodeURIComponent(name)}`
	);
	expect(found.items.map((one) => one.name)).toEqual([name]);

	// The same by the department, who makes no accounts: no word about them.
	await page.context().clearCookies();
	await page.evaluate(() => localStorage.clear());
	await signIn(page, WHO.dept);
	await page.goto('/villages-admin');
	await page.locator('[data-new-school]').click();
	await expect(dialog.locator('#school-name')).toBeVisible();
});
