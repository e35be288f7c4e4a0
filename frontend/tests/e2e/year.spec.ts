// A school's year as its people do it: the year rolls over and back, a pupil goes to another
// school and takes everything along, the household links and consents of a class from paper.
import { expect, test, type APIRequestContext, type Page } from '@playwright/test';
import { clean } from './axe.ts';
import { Api, signIn, WHO } from './kit.ts';
import { bring, newSchool, pupilRow, type Klass, type Made } from './kit-school.ts';

const SHOTS = process.env.E2E_YEAR_SHOTS;
async function shoot(page: Page, name: string): Promise<void> {
	if (!SHOTS) return;
	const before = page.viewportSize();
	for (const size of [
		{ width: 360, height: 640 },
		{ width: 1366, height: 768 }
	]) {
		await page.setViewportSize(size);
		await page.screenshot({ path: `${SHOTS}/${name}-${size.width}.png`, fullPage: true });
	}
	if (before) await page.setViewportSize(before);
}

interface List<T> {
	items: T[];
}
interface Board {
	students: {
		person_id: string;
		name: string;
		class_name: string;
		skills: Record<string, { lessons_done: number }>;
	}[];
}
const COURSE = 'self_protection-thcs';
const FROM = '2025-2026';
const TO = '2026-2027';
const names = (board: Board) => board.students.map((one) => one.name).sort();

let old: Made;
let other: Made;
let klass: Klass;
/** Of the whole file: the accounts of the two schools are used in every test. */
let calls: APIRequestContext;

test.afterAll(() => calls.dispose());
test.beforeAll(async ({ playwright, baseURL }) => {
	calls = await playwright.request.newContext({ baseURL: baseURL ?? '' });
	old = await newSchool(calls, 'Trường THCS Cửa Ông');
	other = await newSchool(calls, 'Trường THCS Mông Dương');
	await bring(calls, other, TO, [pupilRow('Bùi Thị Ở Lại', '7C')]);
	const classes = await bring(calls, old, FROM, [
		pupilRow('Đinh Thị Ánh', '7A'),
		pupilRow('Hoàng Văn Bình', '7A'),
		pupilRow('Ngô Thị Chi', '7A'),
		pupilRow('Vũ Văn Dũng', '9A')
	]);
	klass = classes.find((one) => one.name === '7A')!;
});

test('the year rolls over after a preview, with a pupil who repeats, and back again', async ({
	page
}) => {
	const before = names(await old.api.get<Board>(`/classes/${klass.id}/board`));
	await signIn(page, old.username, old.password);
	await page.goto(`/school/rollover?year=${FROM}`);
	await expect(page.locator('[data-class="7A"] input').first()).toHaveValue('8A');
	await page.getByLabel('Lớp', { exact: true }).selectOption({ label: '7A' });
	const pupils = page.getByLabel('Học sinh', { exact: true });
	await expect(pupils).toBeEnabled();
	await pupils.selectOption({ label: 'Ngô Thị Chi' });
	await page.getByLabel('Em này').selectOption('repeat');
	await page.getByRole('button', { name: 'Thêm', exact: true }).click();
	await page.getByRole('button', { name: 'Xem trước' }).click();
	const preview = page.locator('[data-preview]');
	await expect(preview).toContainText('em học lại lớp');
	await clean(page, 'a roll-over that can be applied');
	await shoot(page, 'rollover-preview');
	expect(names(await old.api.get<Board>(`/classes/${klass.id}/board`))).toEqual(before);

	await preview.getByRole('button', { name: 'Áp dụng' }).click();
	await page.getByRole('dialog').locator('.btn.primary').click();
	await expect(page.locator('[data-done]')).toBeVisible();
	const board = await old.api.get<Board>('/school-board');
	expect(board.students.map((one) => `${one.name} ${one.class_name}`).sort()).toEqual([
		'Hoàng Văn Bình 8A',
		'Ngô Thị Chi 7A',
		'Đinh Thị Ánh 8A'
	]);
	const past = page.locator('[data-rollover]');
	await expect(past).toContainText(`${FROM} → ${TO}`);
	await shoot(page, 'rollover-done');
	await past.getByRole('button').click();
	await page.getByRole('dialog').locator('.btn.danger').click();
	await expect(past.locator('.chip')).toBeVisible();
	expect(names(await old.api.get<Board>(`/classes/${klass.id}/board`))).toEqual(before);
});

test('a pupil goes to another school with a code; what was learnt goes along', async ({
	page,
	browser,
	request
}) => {
	const name = 'Đinh Thị Ánh';
	const cards = await old.api.call<
		List<{ name: string; username: string; temporary_password: string }>
	>('POST', `/classes/${klass.id}/accounts`);
	const card = cards.items.find((one) => one.name === name)!;
	const pupil = await Api.as(request, card.username, card.temporary_password);
	await pupil.call('PUT', '/me/password', {
		current: card.temporary_password,
		new: 'em hoc gioi 2026'
	});
	const fresh = await Api.as(request, card.username, 'em hoc gioi 2026');
	const course = await fresh.get<{ lessons: { key: string }[] }>(`/courses/${COURSE}`);
	const lesson = course.lessons[0]!.key;
	const { cards: steps } = await fresh.get<{ cards: unknown[] }>(
		`/courses/${COURSE}/lessons/${lesson}`
	);
	const end = { seq: 1, card_index: steps.length - 1, done: true };
	await fresh.call('PUT', `/me/progress/${COURSE}/${lesson}`, end);

	await signIn(page, old.username, old.password);
	await page.goto('/school/transfers');
	await page.getByLabel('Lớp', { exact: true }).selectOption({ label: '7A' });
	const pupils = page.getByLabel('Học sinh', { exact: true });
	await expect(pupils).toBeEnabled();
	await pupils.selectOption({ label: name });
	await page.getByRole('button', { name: 'Tạo mã chuyển trường' }).click();
	const code = (await page.locator('[data-slip] code').textContent())!;
	await shoot(page, 'transfer-slip');

	const theirs = await (await browser.newContext()).newPage();
	await signIn(theirs, other.username, other.password);
	await theirs.goto('/school/transfers');
	await theirs.getByLabel('Vào lớp').selectOption({ index: 1 });
	await theirs.getByLabel('Mã trên giấy của trường cũ').fill(code);
	await theirs.getByRole('button', { name: 'Nhận vào lớp' }).click();
	await expect(theirs.locator('[data-taken]')).toContainText(name);
	await clean(theirs, 'a pupil who has come');
	await shoot(theirs, 'transfer-taken');
	await theirs.locator('[data-taken] a').click();
	await expect(theirs.locator('[role=grid]')).toContainText(name);
	const board = await other.api.get<Board>('/school-board');
	const row = board.students.find((one) => one.name === name)!;
	expect(row.skills.self_protection!.lessons_done).toBe(1);
	expect(names(await old.api.get<Board>(`/classes/${klass.id}/board`))).not.toContain(name);
	await page.reload();
	await expect(page.locator('[data-offer]')).toHaveCount(0);
	await theirs.context().close();
});

test('household codes from a paper list, then one key a pupil and one button for the rest', async ({
	page,
	request
}) => {
	const rows = ['Lê Thị Giang', 'Lê Văn Hải', 'Phạm Thị Hoa', 'Bế Thị Khuyên', 'Cao Văn Lâm'];
	const [mine] = await bring(
		calls,
		old,
		TO,
		rows.map((name) => pupilRow(name, '6D'))
	);
	const officer = await Api.as(request, WHO.officer);
	const villages = await officer.get<List<{ code: string }>>('/villages?commune=06685');
	const homes = async (village: string, status: string) =>
		(
			await officer.get<List<{ code: string }>>(
				`/villages/${village}/households?status=${status}&limit=100`
			)
		).items.map((one) => one.code);
	// Of each village the last household that nobody has a pupil of, and one that has a pupil already.
	const codes: string[] = [];
	for (const village of villages.items) {
		const free = await homes(village.code, 'unknown');
		if (codes.length < 4 && free.length > 0) codes.push(free.at(-1)!);
	}
	let taken: string | undefined;
	for (const village of villages.items) taken ??= (await homes(village.code, 'covered'))[0];
	codes.push(taken!);
	await signIn(page, old.username, old.password);
	await page.goto(`/classes/${mine!.id}/links`);
	await page.locator('summary', { hasText: 'Nhập nhanh' }).first().click();
	const cells = page.locator('section[aria-labelledby=enter-head] input.num');
	await expect(cells).toHaveCount(rows.length);
	await cells.first().focus();
	for (const code of codes) {
		await page.keyboard.type(code);
		await page.keyboard.press('Enter');
	}
	await shoot(page, 'links-entry');
	await page.locator('section[aria-labelledby=enter-head] > .btn.primary').click();
	const waiting = page.locator('li[data-state=claimed]');
	await expect(waiting).toHaveCount(rows.length);
	await clean(page, 'links that wait');
	await shoot(page, 'links-waiting');

	// What has a doubt cannot be chosen: it is looked at by itself.
	const clear = waiting.filter({ has: page.locator('input[type=checkbox]') });
	const sure = await clear.count();
	expect(sure).toBeGreaterThan(2);
	expect(sure).toBeLessThan(rows.length);
	await clear.first().focus();
	await page.keyboard.press('x');
	await expect(waiting).toHaveCount(rows.length - 1);
	await expect(waiting.first()).toBeFocused();
	await page.getByRole('button', { name: /^Chọn hết/ }).click();
	await page.locator('[data-bulk]').click();
	const confirmed = page.locator('li[data-state=confirmed]');
	await expect(confirmed).toHaveCount(sure);
	await confirmed.first().focus();
	await page.keyboard.press('z');
	await expect(waiting).toHaveCount(rows.length - sure + 1);
	await page.reload();
	await expect(confirmed).toHaveCount(sure - 1);
});

test('consents of a class from paper: a name, two marks, the next', async ({ page }) => {
	const found = await bring(calls, other, TO, [
		pupilRow('Lê Thị Giang', '6D'),
		pupilRow('Lê Văn Hải', '6D'),
		pupilRow('Phạm Thị Hoa', '6D')
	]);
	const mine = found.find((one) => one.name === '6D')!;
	await signIn(page, other.username, other.password);
	await page.goto(`/classes/${mine.id}/consents`);
	const chips = page.getByRole('button', { name: /Chưa đủ ý kiến/ });
	await expect(chips.first()).toBeVisible();
	for (const name of ['Giang', 'Hải']) {
		await page.locator('#consent-find').fill(name);
		await page.keyboard.press('Enter');
		await expect(page.locator('#record-head')).toContainText(name);
		for (const set of await page.locator('fieldset').all()) {
			await set.locator('[value=grant]').nth(0).check();
			await set.locator('[value=grant]').nth(1).check();
		}
		if (name === 'Giang') await shoot(page, 'consent-form');
		await page.getByRole('button', { name: 'Lưu' }).click();
		await expect(page.locator('#consent-find')).toBeFocused();
	}
	await expect(page.locator('li[data-complete=true]')).toHaveCount(2);
	await clean(page, 'consents from paper');
	await shoot(page, 'consents');
});
