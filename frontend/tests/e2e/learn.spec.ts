// What surrounds the lessons: placement, the drill of the week, twins, English, plans on paper.
import { expect, type APIRequestContext, type Locator, type Page } from '@playwright/test';
import { clean } from './axe.ts';
import { answerOf, Api, signIn, solve, submitOpen, WHO, fits } from './kit.ts';
import { test } from './line.ts';

const COURSE = 'self_protection-thcs';
interface List<T> {
	items: T[];
}
interface BoardStudent {
	person_id: string;
	name: string;
	skills: Record<string, { state: string; lessons_done: number }>;
}

/** A pupil who has not begun the course; once used, the next call finds another. */
async function beginner(request: APIRequestContext): Promise<string> {
	const teacher = await Api.as(request, WHO.teacher);
	const admin = await Api.as(request, WHO.admin);
	const { items } = await teacher.get<List<{ id: string }>>('/classes');
	for (const { id } of items) {
		const board = await teacher.get<{ students: BoardStudent[] }>(`/classes/${id}/board`);
		for (const pupil of board.students) {
			if (pupil.skills.self_protection?.state !== 'not_started') continue;
			const accounts = await admin.get<List<{ username: string; person_id: string | null }>>(
				`/accounts?q=${encodeURIComponent(pupil.name)}&limit=100`
			);
			const own = accounts.items.find((a) => a.person_id === pupil.person_id);
			if (own) return own.username;
		}
	}
	throw new Error('every pupil of the demo has begun');
}
async function prefer(page: Page, theme: string, locale: string): Promise<void> {
	await page.addInitScript(
		([t, l]) => {
			localStorage.setItem('nhaso.theme', t!);
			localStorage.setItem('PARAGLIDE_LOCALE', l!);
		},
		[theme, locale]
	);
}

test('placement: by keyboard and clicks, with a reload in the middle', async ({
	page,
	request
}) => {
	test.setTimeout(240_000);
	const username = await beginner(request);
	await signIn(page, username);
	await page.goto(`/skills/${COURSE}`);
	await page.locator('[data-placement] a').click();
	await page.waitForURL(/\/placement\//);
	await page.locator('main .btn.primary').click();
	const heading = page.locator('main h1');
	await expect(heading).toContainText('1/');
	const total = Number((await heading.textContent())!.split('/')[1]);
	expect(total).toBeGreaterThanOrEqual(8);
	expect(total).toBeLessThanOrEqual(10);
	const scope = page.locator('form.card');
	for (let n = 0; n < total; n++) {
		await expect(heading).toContainText(`${n + 1}/${total}`);
		await expect(heading).toBeFocused();
		if (n === 2) {
			await solve(scope, COURSE);
			await expect(scope.locator('.btn.primary')).toBeEnabled();
			// The answer is on the device before the page goes.
			await page.waitForTimeout(300);
			await page.reload();
			await page.locator('main .btn.primary').click();
			await expect(heading).toContainText(`3/${total}`);
			await expect(scope.locator('.btn.primary')).toBeEnabled();
			await clean(page, 'placement question');
		} else if (n < total - 1) await solve(scope, COURSE);
		if (n === total - 1) await page.locator('form .acts .btn:not(.primary)').click();
		else await scope.locator('.btn.primary').click();
	}
	const skipped = page.locator('li[data-skipped="true"]');
	await expect(skipped.first()).toBeVisible();
	const known = await skipped.count();
	await expect(page.locator('li[data-skipped="false"]')).not.toHaveCount(0);
	await expect(skipped.first().locator('a')).toHaveText(/Vẫn muốn đọc/);
	await clean(page, 'placement result');
	await page.goto(`/skills/${COURSE}`);
	await expect(page.locator('.cards .chip.ok', { hasText: 'Đã biết' })).toHaveCount(known);
	// Taken once: the page shows the result again, on any device.
	await page.goto(`/placement/${COURSE}`);
	await expect(page.locator('li[data-skipped="true"]')).toHaveCount(known);
});

test('placement: finished without a network, sent when it is back, once', async ({
	line,
	page,
	context,
	request
}) => {
	test.setTimeout(240_000);
	const username = await beginner(request);
	await signIn(page, username);
	await page.goto(`/placement/${COURSE}`);
	await page.locator('main .btn.primary').click();
	const heading = page.locator('main h1');
	const total = Number((await heading.textContent())!.split('/')[1]);
	await solve(page.locator('form.card'), COURSE);
	await page.locator('form .btn.primary').click();
	await line.off(context);
	for (let n = 1; n < total; n++) {
		await expect(heading).toContainText(`${n + 1}/${total}`);
		await page.locator('form .acts .btn:not(.primary)').click();
	}
	await expect(page.locator('.note.warn')).toContainText('giữ trên máy');
	let sent = 0;
	page.on('request', (r) => {
		if (r.method() === 'POST' && r.url().includes('/placement')) sent++;
	});
	await line.on(context);
	await expect(page.locator('li[data-skipped]').first()).toBeVisible();
	expect(sent).toBe(1);
});

test('the drill of the week: alert, questions, the end, shown at home', async ({
	page,
	request
}) => {
	test.setTimeout(180_000);
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	await submitOpen(api);
	const { drill } = await api.get<{
		drill: { items: string[]; course_key: string; alert: string };
	}>('/drill');
	expect(drill.alert.split(/\s+/).length).toBeLessThanOrEqual(60);
	await page.goto('/home');
	await expect(page.locator('[data-drill="new"]')).toBeVisible();
	// One thing to do next; nothing else looks as pressing.
	await expect(page.locator('main .btn.primary')).toHaveCount(0);
	await expect(page.locator('main .next .btn')).toHaveCount(1);
	await page.locator('[data-drill] a').click();
	await page.waitForURL(/\/drill/);
	await expect(page.locator('main')).toContainText('Kiểm tra ngày');
	await clean(page, 'drill alert');
	await page.locator('main > div > .stage > .btn.primary').click();
	for (const key of drill.items) {
		const scope = page.locator('main form.card');
		await expect(scope.locator(`fieldset[data-question="${key}"]`)).toBeVisible();
		await solve(scope, drill.course_key);
		await scope.locator('.btn.primary').click();
		await expect(page.locator('.verdict.ok')).toBeVisible();
		await clean(page, 'drill question');
		await page.locator('main > div > .stage > .btn.primary').click();
	}
	const n = drill.items.length;
	await expect(page.locator(`[data-score="${n}/${n}"]`)).toBeVisible();
	await page.locator('[data-shown-home]').click();
	await expect(page.locator('.note.ok')).toBeVisible();
	await clean(page, 'drill end');
	await page.goto('/home');
	await expect(page.locator('[data-drill="done"]')).toBeVisible();
});

test('three misses: hint, worked example, then a like question in the same place', async ({
	page,
	request
}) => {
	test.setTimeout(180_000);
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	await submitOpen(api);
	const course = await api.get<{ lessons: { key: string }[] }>(`/courses/${COURSE}`);
	let at: { lesson: string; question: string; before: number } | null = null;
	for (const { key } of course.lessons) {
		const lesson = await api.get<{ practice: string[]; cards: unknown[] }>(
			`/courses/${COURSE}/lessons/${key}`
		);
		const { question } = await api.get<{ question: { kind: string } }>(
			`/courses/${COURSE}/questions/${lesson.practice[0]}/practice`
		);
		if (question.kind !== 'single') continue;
		at = { lesson: key, question: lesson.practice[0]!, before: lesson.cards.length };
		break;
	}
	expect(at, 'a lesson whose practice begins with a single choice').not.toBeNull();
	await page.goto(`/lessons/${COURSE}/${at!.lesson}`);
	await expect(page.locator('[data-completes]')).toBeVisible();
	for (let n = 0; n < at!.before; n++) await page.keyboard.press('ArrowRight');
	const box = page.locator(`fieldset[data-question="${at!.question}"]`);
	await expect(box).toBeVisible();
	const right = answerOf(COURSE, at!.question).texts?.[0] ?? '';
	const wrong: Locator[] = [];
	for (const option of await box.locator('input[data-option]').all())
		if ((await option.getAttribute('data-option')) !== right) wrong.push(option);
	const next = page.locator('.foot .next');
	for (let n = 1; n <= 3; n++) {
		await wrong[n % wrong.length]!.check();
		await page.locator('form .btn.primary').click();
		await expect(page.locator('.verdict')).toBeVisible();
		if (n < 3) await expect(next).toBeDisabled();
		if (n === 2) await expect(page.locator('.note', { hasText: 'Gợi ý' })).toBeVisible();
	}
	await expect(page.locator('[data-try-twin]')).toBeVisible();
	// The place is the same: a wrong answer never goes on by itself.
	await expect(box).toBeVisible();
	await page.locator('[data-try-twin]').click();
	await expect(page.locator('[data-twin]')).toBeFocused();
	const twin = page.locator('main fieldset[data-question]');
	await expect(twin).not.toHaveAttribute('data-question', at!.question);
	await clean(page, 'twin');
	await solve(page.locator('main form.card'), COURSE);
	await page.locator('form .btn.primary').click();
	await expect(page.locator('.verdict.ok')).toBeVisible();
	await expect(next).toBeEnabled();
});

test('the same place on another device within three seconds', async ({ browser, request }) => {
	const username = await beginner(request);
	const one = await (await browser.newContext()).newPage();
	const two = await (await browser.newContext()).newPage();
	await signIn(one, username);
	await signIn(two, username);
	const path = `/lessons/${COURSE}/mat-khau-manh`;
	await one.goto(path);
	await one.locator('.foot .next').click();
	await one.locator('.foot .next').click();
	await expect(one.locator('[data-save]')).toHaveAttribute('data-save', 'saved');
	const begun = Date.now();
	await two.goto(path);
	await expect(two.locator('.player .title')).toContainText('Thẻ 3/');
	expect(Date.now() - begun).toBeLessThan(3000);
	await expect(two.locator('.stage h2')).toHaveText(
		(await one.locator('.stage h2').textContent())!
	);
	await one.close();
	await two.close();
});

test('a word of the glossary by keyboard: opened, announced, closed', async ({ page }) => {
	await signIn(page, WHO.student);
	await page.goto(`/lessons/${COURSE}/mat-khau-manh`);
	const word = page.locator('.stage .gloss').first();
	await word.focus();
	await page.keyboard.press('Enter');
	const shown = page.locator('.term');
	await expect(shown).toBeVisible();
	const name = (await shown.locator('strong').textContent())!;
	await expect(page.locator('#live')).toContainText(name);
	await page.keyboard.press('Escape');
	await expect(shown).toHaveCount(0);
	await expect(word).toBeFocused();
});

test('a translated lesson is wholly English', async ({ page, request }) => {
	test.setTimeout(180_000);
	await submitOpen(await Api.as(request, WHO.student));
	await prefer(page, 'dark', 'en');
	await signIn(page, WHO.student);
	// Letters that only Vietnamese has; names of places and of the app are allowed to carry them.
	const foreign = async () =>
		page.locator('main').evaluate((main: HTMLElement) => {
			const text = main.innerText.replace(/Nhà Số|Quảng Ninh/g, '');
			return text
				.split('\n')
				.filter((line) => /[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i.test(line));
		});
	await page.goto(`/skills/${COURSE}`);
	await expect(page.locator('main h1')).toBeVisible();
	await page.goto(`/lessons/${COURSE}/mat-khau-manh`);
	await expect(page.locator('[data-completes]')).toBeVisible();
	for (let n = 0; n < 20; n++) {
		expect(await foreign(), `step ${n + 1}`).toEqual([]);
		const question = page.locator('main form.card');
		if ((await question.count()) > 0) break;
		await page.keyboard.press('ArrowRight');
		await page.waitForTimeout(150);
	}
	await expect(page.locator('main form.card fieldset')).toBeVisible();
	expect(await foreign(), 'practice').toEqual([]);
	await clean(page, 'practice in English');
});

test('lesson plans: a timetable, the switch, paper', async ({ page }) => {
	test.setTimeout(180_000);
	await page.setViewportSize({ width: 1366, height: 768 });
	await signIn(page, WHO.teacher);
	await page.locator('nav a[href="/teach"]').first().click();
	await page.waitForURL(/\/teach$/);
	await expect(page.locator('[data-course]')).toHaveCount(10);
	await clean(page, 'teach');
	await page.goto(`/teach/${COURSE}`);
	const plans = page.locator('[data-plan]');
	await expect(plans.first()).toBeVisible();
	await expect(plans.first().locator('[role="row"]').last()).toContainText('45′');
	await clean(page, 'plans');
	const columns = plans.first().locator('[role="columnheader"]');
	await expect(columns).toHaveCount(4);
	await page.locator('input[role="switch"]').check();
	await expect(columns).toHaveCount(2);
	await page.locator('input[role="switch"]').uncheck();
	const periods = await plans.count();
	const pages = async () => {
		const text = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1');
		return text.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
	};
	expect(await pages()).toBeLessThanOrEqual(1 + 2 * periods);
	expect(await pages()).toBeGreaterThanOrEqual(1 + periods);
	await page.locator('details summary').first().click();
	await page.locator('a[href*="?assign="]').first().click();
	await expect(page.locator('dialog[open] #a-course')).toHaveValue(COURSE);
});

test('every leaflet is one page of A4', async ({ page, request }) => {
	test.setTimeout(180_000);
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { items } = await api.get<List<{ key: string }>>('/courses');
	for (const { key } of items) {
		await page.goto(`/leaflet/${key}`);
		await expect(page.locator('article.paper h1')).toBeVisible();
		await page.evaluate(() => document.fonts.ready.then(() => undefined));
		const pdf = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1');
		expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length, key).toBe(1);
		const points = await page
			.locator('article.paper')
			.evaluate((paper) => parseFloat(getComputedStyle(paper).getPropertyValue('--points')));
		expect(points, `${key}: big enough to read`).toBeGreaterThanOrEqual(12);
	}
	await clean(page, 'leaflet');
});

test('new pages at 320 px, in the dark and in English', async ({ page }) => {
	test.setTimeout(180_000);
	await page.setViewportSize({ width: 320, height: 640 });
	await prefer(page, 'dark', 'en');
	await signIn(page, WHO.student);
	for (const path of [
		'/home',
		'/drill',
		`/placement/${COURSE}`,
		'/skills/local_platforms-thcs',
		`/leaflet/${COURSE}`
	]) {
		await page.goto(path);
		await expect(page.locator('main h1').first()).toBeVisible();
		await page.waitForLoadState('networkidle');
		await fits(page, path);
		await clean(page, `${path} dark en`);
	}
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('a skill that needs a review says so calmly and leads to what refreshes it', async ({
	page
}) => {
	// Half a year cannot be waited for: the server's answer is aged on its way.
	await page.route('**/api/v1/home*', async (route) => {
		const reply = await route.fetch();
		const home = (await reply.json()) as { skills: { state: string; freshness: string }[] };
		for (const tile of home.skills) if (tile.state === 'passed') tile.freshness = 'review';
		await route.fulfill({ response: reply, json: home });
	});
	await signIn(page, WHO.student);
	const old = page.locator('[data-fresh="review"]').first();
	await expect(old).toContainText('Đạt');
	await expect(old).toContainText('Cần ôn');
	await clean(page, 'home with a review');
	await old.locator('a.again').click();
	await expect(page.locator('#fresh')).toContainText('giấy xác nhận vẫn có giá trị');
	await clean(page, 'skill with a review');
});
