// A lesson as its teacher sees it: who works, who is stuck, who calls; and an invigilated quiz
// from the confirmed presence to the closing page, with a teacher and three pupils.
import { expect, test, type APIRequestContext, type Browser, type Page } from '@playwright/test';
import { answerOf, Api, signIn, submitOpen, WHO } from './kit.ts';
import { anyAnswer } from './office.ts';

interface List<T> {
	items: T[];
}
interface Pupil {
	person_id: string;
	name: string;
	username: string;
	api: Api;
}
interface Question {
	nonce: string;
	question: { question_key: string; kind: string; options: { key: string; text: string }[] };
}
const WAY = { timeout: 7_000 };

/** Pupils of the teacher's first class with an account each. */
async function pupils(request: APIRequestContext, teacher: Api, count: number) {
	const admin = await Api.as(request, WHO.admin);
	const { items } =
		await teacher.get<List<{ id: string; session: { id: string } | null }>>('/classes');
	const klass = items[0]!.id;
	const board = await teacher.get<{ students: { person_id: string; name: string }[] }>(
		`/classes/${klass}/board`
	);
	const found: Pupil[] = [];
	for (const student of board.students) {
		if (found.length === count) break;
		const accounts = await admin.get<List<{ username: string; person_id: string | null }>>(
			`/accounts?q=${encodeURIComponent(student.name)}&limit=100`
		);
		const account = accounts.items.find((item) => item.person_id === student.person_id);
		if (!account) continue;
		const api = await Api.as(request, account.username);
		await submitOpen(api);
		found.push({ ...student, username: account.username, api });
	}
	expect(found).toHaveLength(count);
	return { klass, found };
}
/** A new lesson of the class; one that is open is ended first. */
async function lesson(teacher: Api, klass: string): Promise<{ id: string; code: string }> {
	const { items } = await teacher.get<List<{ id: string; state: string }>>(
		`/classes/${klass}/lesson-sessions`
	);
	for (const one of items.filter((item) => item.state === 'open'))
		await teacher.call('POST', `/lesson-sessions/${one.id}/closing`, {});
	return teacher.call('POST', '/lesson-sessions', {
		id: uuid(),
		class_id: klass,
		course_key: null,
		minutes: 90
	});
}
const uuid = () => {
	const hex = Date.now().toString(16).padStart(12, '0');
	const rest = crypto.randomUUID().slice(15);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${rest}`;
};
const card = (desk: Page, name: string) =>
	desk.locator('section[aria-labelledby="people"] li button', { hasText: name });

/** Misses one practice question three times and tells which. */
async function missThrice(pupil: Pupil): Promise<string> {
	const home = await pupil.api.get<{ skills: { course_key: string; state: string }[] }>('/home');
	const course = home.skills.find((s) => s.state !== 'not_available')!.course_key;
	const detail = await pupil.api.get<{ lessons: { key: string }[] }>(`/courses/${course}`);
	for (const { key } of detail.lessons) {
		const one = await pupil.api.get<{ practice: string[] }>(`/courses/${course}/lessons/${key}`);
		for (const question of one.practice) {
			const asked = await pupil.api.get<Question>(
				`/courses/${course}/questions/${question}/practice`
			);
			if (asked.question.kind !== 'single') continue;
			const right = answerOf(course, question).texts ?? [];
			const wrong = asked.question.options.find(({ text }) => !right.includes(text))!.key;
			for (let miss = 0; miss < 3;) ({ miss } = await answer(pupil, course, asked, wrong));
			return question;
		}
	}
	throw new Error('no practice question with one right option');
}
const answer = (pupil: Pupil, course: string, asked: Question, choice: string) =>
	pupil.api.call<{ correct: boolean; miss: number }>('POST', '/practice-answers', {
		id: uuid(),
		course_key: course,
		question_key: asked.question.question_key,
		nonce: asked.nonce,
		response: { choice }
	});
async function open(browser: Browser, username: string, path: string): Promise<Page> {
	const page = await (
		await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true })
	).newPage();
	await signIn(page, username);
	await page.goto(path);
	return page;
}

test('the monitor: in, stuck with the exact wrong answer, calling, within seconds', async ({
	browser,
	request
}) => {
	const teacher = await Api.as(request, WHO.teacher);
	const { klass, found } = await pupils(request, teacher, 3);
	const [a, b, c] = found as [Pupil, Pupil, Pupil];
	const session = await lesson(teacher, klass);
	const desk = await (
		await browser.newContext({ viewport: { width: 1366, height: 768 } })
	).newPage();
	await signIn(desk, WHO.teacher);
	await desk.goto(`/sessions/${session.id}`);
	await expect(desk.locator('[data-way="stream"]')).toBeVisible(WAY);
	await expect(card(desk, a.name)).toHaveAttribute('data-status', 'not_in');
	const columns = await desk
		.locator('section[aria-labelledby="people"] ul')
		.evaluate((ul) => getComputedStyle(ul).gridTemplateColumns.split(' ').length);
	expect(columns).toBe(6);

	await a.api.call('POST', '/lesson-sessions/join', { code: session.code });
	await expect(card(desk, a.name)).toHaveAttribute('data-status', 'in', WAY);
	const key = await missThrice(a);
	await expect(card(desk, a.name)).toHaveAttribute('data-why', 'misses', WAY);
	await expect(desk.locator('section[aria-labelledby="people"] li').first()).toContainText(a.name);

	await test.step('a click shows the wrong answer, and the right one when asked for', async () => {
		await card(desk, a.name).click();
		const wrong = desk.locator(`dialog[open] [data-wrong="${key}"]`);
		await expect(wrong).toContainText('Sai 3 lần');
		await expect(wrong.locator('input:checked')).toHaveCount(1);
		await wrong.locator('summary').click();
		await expect(wrong.locator('.key input:checked')).toHaveCount(1);
		await desk.locator('dialog[open] [data-act="helped"]').click();
		await expect(desk.locator('dialog[open] [data-pupil-status="needs_help"]')).toHaveCount(0, WAY);
		await desk.keyboard.press('Escape');
	});

	await test.step('a pupil calls from the own page; the order stands while the mouse is on it', async () => {
		await c.api.call('POST', '/lesson-sessions/join', { code: session.code });
		const phone = await open(browser, b.username, '/home');
		await phone.locator('#join-code').fill(session.code);
		await phone.locator('section[aria-labelledby="join"] button.btn').click();
		await expect(card(desk, b.name)).toHaveAttribute('data-status', 'in', WAY);
		await desk.mouse.move(5, 5);
		const list = desk.locator('section[aria-labelledby="people"] li');
		await list.first().hover();
		const first = await list.first().textContent();
		await phone.locator('[data-call]').click();
		await expect(phone.locator('[data-lesson] .ok')).toBeVisible();
		await expect(card(desk, b.name)).toHaveAttribute('data-why', 'called', WAY);
		expect(await list.first().textContent()).toBe(first);
		await expect(desk.locator('[data-fresh]')).toBeVisible();
		await desk.mouse.move(5, 5);
		await expect(list.first()).toContainText(b.name);
		await card(desk, b.name).click();
		await desk.locator('dialog[open] [data-act="helped"]').click();
		await desk.keyboard.press('Escape');
		await expect(phone.locator('[data-lesson] .ok')).toHaveCount(0, { timeout: 40_000 });
		await phone.context().close();
	});

	await test.step('where no stream gets through the page asks by itself', async () => {
		await desk.route('**/lesson-sessions/*/events', (route) => route.abort());
		await desk.reload();
		await expect(desk.locator('[data-way="poll"]')).toBeVisible();
		await c.api.call('POST', `/lesson-sessions/${session.id}/calls`, { id: uuid() });
		await expect(card(desk, c.name)).toHaveAttribute('data-why', 'called', WAY);
		await desk.unroute('**/lesson-sessions/*/events');
	});
	await desk.context().close();
});

test('an invigilated quiz: presence, pause, an alert, the end for one, the closing page', async ({
	browser,
	request
}) => {
	test.setTimeout(300_000);
	const teacher = await Api.as(request, WHO.teacher);
	const { klass, found } = await pupils(request, teacher, 3);
	const [a, b, c] = found as [Pupil, Pupil, Pupil];
	const session = await lesson(teacher, klass);
	for (const one of [a, b, c])
		await one.api.call('POST', '/lesson-sessions/join', { code: session.code });
	const desk = await (
		await browser.newContext({ viewport: { width: 1366, height: 768 } })
	).newPage();
	await signIn(desk, WHO.teacher);
	await desk.goto(`/sessions/${session.id}`);
	await desk.locator('section[aria-labelledby="invigilated"] input').check();
	await expect(card(desk, a.name)).toHaveAttribute('data-status', 'unconfirmed', WAY);

	const { skills } = await a.api.get<{ skills: { course_key: string; state: string }[] }>('/home');
	const course = skills.find((s) => s.state !== 'not_available')!.course_key;
	const phone = await open(browser, a.username, `/skills/${course}`);
	await test.step('who is not confirmed waits kindly, and is let in by one tap', async () => {
		await phone.locator('section[aria-labelledby="quiz"] button.btn').click();
		await expect(phone.locator('[data-wait]')).toBeVisible();
		await desk.locator('[data-act="confirm-all"]').click();
		await phone.waitForURL(/\/quizzes\//, { timeout: 20_000 });
		await expect(card(desk, a.name)).toHaveAttribute('data-status', 'working', WAY);
	});
	const id = phone.url().split('/').pop()!;
	// Which kind of question comes first is drawn.
	const question = phone.locator('.stage fieldset[data-question]');
	await anyAnswer(question, (what) => what.click());
	await expect(phone.locator('.mine [data-save]')).toHaveAttribute('data-save', /saved|local/);

	await test.step('a pause: a calm screen, also after a reload; then it goes on', async () => {
		await desk.locator('[data-act="pause-all"]').click();
		await expect(card(desk, a.name)).toHaveAttribute('data-status', 'paused', WAY);
		await phone.reload();
		await expect(phone.locator('[data-paused]')).toBeVisible({ timeout: 35_000 });
		const before = (await a.api.get<{ deadline_at: string }>(`/attempts/${id}`)).deadline_at;
		await desk.locator('[data-act="resume-all"]').click();
		await expect(phone.locator('[data-paused]')).toHaveCount(0, { timeout: 15_000 });
		const after = (await a.api.get<{ deadline_at: string }>(`/attempts/${id}`)).deadline_at;
		expect(after).not.toBe(before);
	});

	await test.step('an alert stops the question, survives a reload, and is accepted', async () => {
		const slot = await phone.locator('[aria-current="step"]').textContent();
		expect(slot).toBeTruthy();
		await phone.locator('[data-raise]').click();
		await phone.locator('dialog[open] input[value="broken"]').check();
		await phone.locator('dialog[open] .btn.primary').click();
		await expect(phone.locator('[data-alert-state="pending"]')).toBeVisible();
		// A pair or an order is shown as text meanwhile, other kinds with their fields shut.
		await expect(question).toBeVisible();
		await expect(question.locator(':enabled:is(input, button, select)')).toHaveCount(0);
		await phone.reload();
		await expect(phone.locator('[data-alert-state="pending"]')).toBeVisible();
		await expect(card(desk, a.name)).toHaveAttribute('data-why', 'alert', WAY);
		await card(desk, a.name).click();
		const box = desk.locator('dialog[open] [data-alert]');
		await box.locator('[data-choice="drop"]').click();
		await box.locator('input[value="not_shown"]').check();
		await box.locator('.btn.primary').click();
		await expect(box).toHaveCount(0, WAY);
		await desk.keyboard.press('Escape');
		await expect(phone.locator('[data-alert-state="accepted"]')).toBeVisible({ timeout: 15_000 });
	});

	await test.step('another is replaced: the new question comes by itself and is answered', async () => {
		const numbers = phone.locator('.numbers li');
		const before = await numbers.count();
		await numbers.nth(1).locator('button').click();
		await phone.locator('[data-raise]').click();
		await phone.locator('dialog[open] input[value="unclear"]').check();
		await phone.locator('dialog[open] .btn.primary').click();
		await expect(card(desk, a.name)).toHaveAttribute('data-why', 'alert', WAY);
		await card(desk, a.name).click();
		const box = desk.locator('dialog[open] [data-alert]');
		await box.locator('[data-choice="replace"]').click();
		await box.locator('input[value="unclear"]').check();
		await box.locator('.btn.primary').click();
		await expect(box).toHaveCount(0, WAY);
		await desk.keyboard.press('Escape');
		await phone.locator('[data-instead]').click({ timeout: 15_000 });
		await expect(numbers).toHaveCount(before + 1);
		await expect(numbers.last().locator('button')).toHaveAttribute('aria-current', 'step');
		await expect(phone.locator('.stage fieldset').first()).toBeVisible();
		await phone.reload();
		await expect(numbers).toHaveCount(before + 1);
	});

	await test.step('reading aloud is arranged on the card; the pupil finds the button', async () => {
		await expect(phone.locator('[data-aloud]')).toHaveCount(0);
		await card(desk, a.name).click();
		const saved = desk.waitForResponse(
			(r) => r.url().includes('/accommodation') && r.request().method() === 'PUT'
		);
		await desk.locator('dialog[open] [data-read-aloud]').check();
		expect((await saved).status()).toBe(204);
		await desk.keyboard.press('Escape');
		await phone.addInitScript(() => {
			// A device with a Vietnamese voice; this browser brings none.
			speechSynthesis.getVoices = () => [{ lang: 'vi-VN', name: 'vi' } as SpeechSynthesisVoice];
		});
		await phone.reload();
		await expect(phone.locator('[data-aloud]')).toBeVisible();
	});

	await test.step('the end for one: only with the right name; the pupil is led to the result', async () => {
		await card(desk, a.name).click();
		const dialog = desk.locator('dialog[open]');
		await dialog.locator('summary', { hasText: 'Kết thúc bài' }).click();
		await dialog.locator('input[value="technical"]').check();
		await dialog.locator('form input[autocomplete="off"]').fill('Ai đó');
		await dialog.locator('form .btn.danger').click();
		await expect(dialog.locator('[role="alert"]').first()).toBeVisible();
		await dialog.locator('form input[autocomplete="off"]').fill(a.name);
		await dialog.locator('form .btn.danger').click();
		await expect(dialog.locator('[data-pupil-status="done"]')).toBeVisible(WAY);
		await desk.keyboard.press('Escape');
		await phone.waitForURL(/\/results\//, { timeout: 45_000 });
	});

	await test.step('after the end every pupil who did not finish gets a reason', async () => {
		await desk.locator('button.danger', { hasText: 'Đóng phiên' }).click();
		await desk.locator('dialog[open] button.danger').click();
		await desk.locator('a', { hasText: 'Trang kết thúc' }).click();
		await desk.waitForURL(/\/closing$/);
		const rows = desk.locator('[data-unfinished]');
		await expect(rows.filter({ hasText: a.name })).toHaveAttribute('data-unfinished', 'by_teacher');
		await expect(rows.filter({ hasText: b.name })).toHaveAttribute(
			'data-unfinished',
			'not_started'
		);
		const left = Number(await desk.locator('[data-left]').getAttribute('data-left'));
		await rows.filter({ hasText: b.name }).locator('select').selectOption('site_blocked');
		await expect(desk.locator('[data-left]')).toHaveAttribute('data-left', String(left - 1));
		await desk.locator('summary', { hasText: 'Nhật ký' }).click();
		await expect(desk.locator('tbody')).toContainText('Bỏ một câu hỏi');
		const dept = await Api.as(request, WHO.dept);
		const { items } = await dept.get<List<{ categories: Record<string, number> }>>('/incidents');
		expect(items.some((school) => (school.categories.site_blocked ?? 0) > 0)).toBe(true);
	});
	await desk.context().close();
	await phone.context().close();
});
