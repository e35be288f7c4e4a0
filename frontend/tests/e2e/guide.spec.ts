// The pictures of docs/teacher-guide.md, as a teacher would meet the pages one after another.
// scripts/guide-pictures.sh runs this and makes the files small.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test, type APIRequestContext, type Browser, type Page } from '@playwright/test';
import { Api, signIn, WHO } from './kit.ts';
import { anyAnswer, officeList } from './office.ts';

const out = process.env.E2E_SCREENS ?? 'test-results/guide';
const DESK = { width: 1366, height: 768 };
const PHONE = { width: 360, height: 640 };
const PIN = '4812';
const COURSE = 'self_protection-thcs';
mkdirSync(out, { recursive: true });
test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: 'reduce' }));

interface List<T> {
	items: T[];
}
interface Klass {
	id: string;
	name: string;
	session: { id: string; code: string } | null;
}

async function shoot(page: Page, name: string): Promise<void> {
	const { width, height } = page.viewportSize()!;
	await page.waitForLoadState('networkidle').catch(() => undefined);
	// As on every visit but the first: in the app's own font.
	await page.evaluate(async () => {
		document.documentElement.classList.add('font');
		await Promise.all(
			['400', '700'].map((weight) => document.fonts.load(`${weight} 1em 'Be Vietnam Pro'`, 'aệ'))
		);
	});
	await page.waitForTimeout(200);
	await page.screenshot({ path: path.join(out, `guide-${name}-${width}x${height}.png`) });
}
async function desk(browser: Browser, who: string): Promise<Page> {
	const page = await (await browser.newContext({ viewport: DESK })).newPage();
	await signIn(page, who);
	return page;
}
async function classOf(request: APIRequestContext, name: string): Promise<Klass & { api: Api }> {
	const api = await Api.as(request, WHO.teacher);
	const { items } = await api.get<List<Klass>>('/classes');
	return { ...items.find((one) => one.name === name)!, api };
}
async function lesson(api: Api, klass: string): Promise<{ id: string; code: string }> {
	const { items } = await api.get<List<{ id: string; state: string }>>(
		`/classes/${klass}/lesson-sessions`
	);
	for (const one of items.filter((item) => item.state === 'open'))
		await api.call('POST', `/lesson-sessions/${one.id}/closing`, {});
	const id = `018f0000-0000-7000-8000-${Date.now().toString(16).padStart(12, '0')}`;
	return api.call('POST', '/lesson-sessions', { id, class_id: klass, minutes: 45 });
}
/** A pupil at a computer of the school, up to the home page. */
async function come(browser: Browser, code: string, nth: number, size = DESK): Promise<Page> {
	const page = await (await browser.newContext({ viewport: size })).newPage();
	await page.goto(`/join#${code}`);
	await page.locator('button[data-name]').nth(nth).click();
	await page.locator('#pin').fill(PIN);
	await page.waitForURL(/\/home$/);
	return page;
}

/** Gives some answer to every question of the quiz on screen. */
async function answerAll(page: Page): Promise<void> {
	const numbers = page.locator('nav.numbers li button');
	for (let n = 0; n < (await numbers.count()); n++) {
		await numbers.nth(n).click();
		await expect(numbers.nth(n)).toHaveAttribute('aria-current', 'step');
		await anyAnswer(page.locator('.stage fieldset[data-question]'), (what) => what.click());
		await expect(page.locator('.mine [data-save]')).toHaveAttribute('data-save', 'saved');
	}
}

test('a list comes in', async ({ browser }) => {
	const page = await desk(browser, WHO.school);
	await page.goto('/school/import');
	const send = async (name: string, buffer: Buffer) => {
		await page.locator('#file').setInputFiles({ name, mimeType: '', buffer });
		await page.locator('form button.primary').click();
	};
	// The first bytes of every old workbook; the rest does not matter.
	const old = Buffer.alloc(1024);
	old.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
	await send('danh sach.xls', old);
	await expect(page.locator('[data-refused]')).toBeVisible();
	await shoot(page, 'refused');
	await send('DS 6A7.xlsx', officeList('6A7', 36));
	await expect(page.locator('[data-preview]')).toBeVisible();
	await shoot(page, 'import');
	await page.getByRole('button', { name: 'Nhập danh sách (36)' }).click();
	await expect(page.locator('[data-next] a.primary')).toBeVisible();
	await shoot(page, 'imported');
	await page.locator('[data-next] a.primary').click();
	await page.waitForURL(/\/cards$/);
	await page.locator('[data-print]').click();
	const link = page.locator('[data-made] a[download]');
	await expect(link).toBeVisible({ timeout: 60_000 });
	await shoot(page, 'cards');
	const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
	const sheet = ['-png', '-r', '72', '-l', '1', '-singlefile'];
	execFileSync('pdftoppm', [...sheet, await file.path(), path.join(out, 'guide-cards-sheet')]);
	await page.goto('/school');
	await shoot(page, 'school');
	await page.goto('/school/rollover');
	await page.getByRole('button', { name: 'Xem trước' }).click();
	await page.locator('[data-preview]').scrollIntoViewIfNeeded();
	await shoot(page, 'rollover');
	await page.context().close();
});

test('a lesson', async ({ browser, request }) => {
	test.setTimeout(240_000);
	const { id: klass, api } = await classOf(request, '7A');
	const session = await lesson(api, klass);
	const first = await come(browser, session.code, 2);
	const phone = await (await browser.newContext({ viewport: PHONE })).newPage();
	await phone.goto(`/join#${session.code}`);
	await expect(phone.locator('button[data-name]').first()).toBeVisible();
	await shoot(phone, 'join');
	await phone.locator('button[data-name]').nth(3).click();
	await expect(phone.locator('#pin')).toBeVisible();
	await shoot(phone, 'pin');
	await phone.locator('#pin').fill(PIN);
	await phone.waitForURL(/\/home$/);
	const third = await come(browser, session.code, 5);

	const page = await desk(browser, WHO.teacher);
	await page.goto(`/sessions/${session.id}/wall`);
	await expect(page.locator('.wall .in')).toContainText('3/');
	await shoot(page, 'wall');
	await page.goto(`/sessions/${session.id}`);
	await page.locator('section[aria-labelledby="invigilated"] input').check();
	await page.locator('[data-act="confirm-all"]').click();
	await expect(page.locator('[data-act="confirm-all"]')).toBeDisabled();
	for (const pupil of [first, third]) {
		await pupil.goto(`/skills/${COURSE}`);
		await pupil.locator('section[aria-labelledby="quiz"] button.btn').first().click();
		await pupil.waitForURL(/\/quizzes\//);
	}
	await third.getByRole('button', { name: 'Gọi thầy cô' }).click();
	await page.locator('section[aria-labelledby="invigilated"]').evaluate((el) => {
		el.scrollIntoView({ block: 'start' });
		window.scrollBy(0, -140);
	});
	await expect(page.locator('[data-act="pause-all"]')).toBeEnabled();
	await shoot(page, 'invigilate');
	// Opened anew, the list is in order.
	await page.reload();
	await expect(page.locator('section[aria-labelledby="people"] li').first()).toContainText(
		'Cần giúp'
	);
	await page.locator('section[aria-labelledby="people"]').evaluate((el) => {
		el.scrollIntoView({ block: 'start' });
		window.scrollBy(0, -80);
	});
	await expect(page.locator('[data-status="needs_help"]').first()).toBeVisible();
	await shoot(page, 'monitor');

	// What a class misses: the first thing offered is seldom the right one.
	for (const pupil of [first, third]) await answerAll(pupil);
	await first.locator('.foot .btn.primary').click();
	await first.locator('dialog[open] .btn.primary').click();
	await first.waitForURL(/\/results\//);
	await api.call('POST', `/lesson-sessions/${session.id}/closing`, {});
	await page.goto(`/sessions/${session.id}/closing`);
	await expect(page.locator('main h1')).toBeVisible();
	await shoot(page, 'closing');
	await api.call('POST', `/lesson-sessions/${session.id}/release`, {});
	for (const one of [first, phone, third, page]) await one.context().close();
});

test('the class afterwards', async ({ browser, request }) => {
	const { id: klass } = await classOf(request, '7A');
	const page = await desk(browser, WHO.teacher);
	await page.goto(`/classes/${klass}`);
	await expect(page.locator('[role=grid]')).toBeVisible();
	await shoot(page, 'board');
	await page.getByRole('button', { name: 'Xuất tệp' }).first().click();
	await expect(page.getByRole('dialog')).toBeVisible();
	await shoot(page, 'export');
	for (const [name, where] of [
		['missed', `/classes/${klass}/items`],
		['links', `/classes/${klass}/links`],
		['plan', `/teach/${COURSE}`],
		['laptops', '/laptops']
	] as const) {
		await page.goto(where);
		await expect(page.locator('main h1')).toBeVisible();
		if (name === 'plan')
			await page
				.locator('[data-plan]')
				.first()
				.evaluate((el) => {
					el.scrollIntoView({ block: 'start' });
					window.scrollBy(0, -70);
				});
		await shoot(page, name);
	}
	await page.context().close();
});
