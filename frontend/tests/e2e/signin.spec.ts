// A lesson at the school's computers: the code on the wall, the cards, pupils one after another.
import { execFileSync } from 'node:child_process';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { clean } from './axe.ts';
import { Api, signIn, solve, WHO } from './kit.ts';
import { swReady } from './line.ts';

interface Klass {
	id: string;
	name: string;
	session: { id: string; code: string } | null;
}
/** The demo's class secrets (README). */
const PIN = '4812';
const ICONS = ['sun', 'fish', 'house'];

async function classOf(api: Api, name: string): Promise<Klass> {
	const { items } = await api.get<{ items: Klass[] }>('/classes');
	return items.find((one) => one.name === name)!;
}
/** An open lesson of a class, opened here when there is none. */
async function lessonOf(
	api: Api,
	name: string
): Promise<{ id: string; code: string; class: string }> {
	const klass = await classOf(api, name);
	if (!klass.session) {
		const id = `018f0000-0000-7000-8000-${Date.now().toString(16).padStart(12, '0')}`;
		await api.call('POST', '/lesson-sessions', { id, class_id: klass.id, minutes: 45 });
		return lessonOf(api, name);
	}
	return { ...klass.session, class: klass.id };
}
async function sharedPC(browser: Browser): Promise<Page> {
	const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
	return context.newPage();
}
/** Code → class → name, up to the pad. */
async function choose(page: Page, code: string, nth: number): Promise<string> {
	await page.goto('/join');
	await page.locator('#wall-code').fill(code.toLowerCase());
	await page.locator('form .btn.primary').click();
	const name = page.locator('button[data-name]').nth(nth);
	const text = (await name.locator('.name').textContent()) ?? '';
	await name.click();
	await expect(page.locator('main h1')).toHaveText(text);
	return text;
}
async function come(page: Page, code: string, nth: number): Promise<string> {
	const name = await choose(page, code, nth);
	await page.locator('#pin').fill(PIN);
	await page.waitForURL(/\/home$/);
	await expect(page.locator('[data-notme]').first()).toBeVisible();
	return name;
}

test('from sign-in to the code on the wall in two taps', async ({ page, request }) => {
	await page.setViewportSize({ width: 1366, height: 768 });
	const api = await Api.as(request, WHO.teacher);
	const klass = await classOf(api, '8B');
	// Another spec's lesson of this class may still be open.
	if (klass.session) await api.call('POST', `/lesson-sessions/${klass.session.id}/closing`, {});
	await signIn(page, WHO.teacher);
	await page.locator(`[data-open="${klass.id}"]`).click();
	await page.waitForURL(/\/sessions\/.+\/wall$/);
	const code = page.locator('.wall .code');
	await expect(code).toBeVisible();
	const shown = (await code.getAttribute('data-code')) ?? '';
	expect(shown).toHaveLength(6);
	// Read from the back of the room: the letters take the width, and nothing is cut off.
	const box = (await code.boundingBox())!;
	expect(box.height).toBeGreaterThan(130);
	expect(box.x + box.width).toBeLessThanOrEqual(1366);
	const qr = (await page.locator('.wall .qr svg').boundingBox())!;
	expect(qr.y + qr.height).toBeLessThanOrEqual(768);
	const before = await page.locator('.wall [role="timer"]').textContent();
	await page.locator('.wall .foot button').first().click();
	await expect(page.locator('.wall [role="timer"]')).toContainText(/5[89]:|60:|1:00/);
	expect(before).not.toContain('59:');

	// A pupil of 8B comes in with three pictures; the wall counts.
	await page.goto('/classes');
	await expect(page.locator('a.btn.primary[href$="/wall"]').first()).toContainText(/[2-9A-Z]{6}/);
	const pc = await sharedPC(page.context().browser()!);
	await choose(pc, shown, 0);
	await clean(pc, 'the pad for three pictures');
	for (const icon of ICONS) await pc.locator(`[data-icon="${icon}"]`).click();
	await pc.waitForURL(/\/home$/);
	await page.goto(`/sessions/${(await lessonOf(api, '8B')).id}/wall`);
	await expect(page.locator('.wall .in')).toContainText('1/');
	await pc.context().close();
});

test('cards are printed anew, and the old ones die', async ({ page, request, browser }) => {
	const api = await Api.as(request, WHO.teacher);
	const lesson = await lessonOf(api, '7A');
	const { items } = await api.get<{ items: { person_id: string; username: string }[] }>(
		`/classes/${lesson.class}/sign-in-cards`
	);
	const last = items.at(-1)!;
	const pc = await sharedPC(browser);
	await come(pc, lesson.code, items.length - 1);

	await signIn(page, WHO.teacher);
	await page.goto(`/classes/${lesson.class}/cards?persons=${last.person_id},nobody`);
	await expect(page.locator('li input:checked')).toHaveCount(1);
	await page.locator('[data-print]').click();
	await page.locator('dialog[open] .btn.danger').click();
	const link = page.locator('[data-made] a[download]');
	await expect(link).toBeVisible();
	const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
	const text = execFileSync('pdftotext', ['-layout', await download.path(), '-'], {
		encoding: 'utf8'
	});
	expect(text).toContain(last.username);
	const pin = /^\s+(\d) ?(\d) ?(\d) ?(\d)$/m.exec(text)!.slice(1).join('');

	// Signed out at once; the old secret is dead, the printed one works.
	expect((await pc.request.get('/api/v1/me')).status()).toBe(401);
	await pc.evaluate(() => localStorage.clear());
	await choose(pc, lesson.code, items.length - 1);
	await pc.locator('#pin').fill(PIN);
	await expect(pc.locator('#pad-word.wrong')).toContainText('4');
	await pc.locator('#pin').fill(pin);
	await pc.waitForURL(/\/home$/);
	await pc.context().close();
});

test('an idle screen locks, keeps the answers, and opens by the card', async ({
	request,
	browser
}) => {
	const api = await Api.as(request, WHO.teacher);
	const lesson = await lessonOf(api, '7A');
	const pc = await sharedPC(browser);
	await choose(pc, lesson.code, 1);
	await clean(pc, 'the pad for four digits');
	await pc.clock.install();
	const name = await come(pc, lesson.code, 1);
	const mine = (await (await pc.request.get('/api/v1/home')).json()) as {
		skills: { course_key: string; state: string }[];
	};
	const course = mine.skills.find((one) => one.state !== 'not_available')!.course_key;
	await pc.goto(`/skills/${course}`);
	await pc.locator('section[aria-labelledby="quiz"] button.btn').first().click();
	await pc.waitForURL(/\/quizzes\//);
	const quiz = pc.url();
	await solve(pc.locator('.stage'), course);
	await expect(pc.locator('.mine [data-save]')).toHaveAttribute('data-save', 'saved');

	await pc.clock.fastForward('04:30');
	await expect(pc.locator('dialog.lock[open]')).toHaveCount(0);
	await pc.clock.fastForward('00:40');
	await expect(pc.locator('dialog.lock[open] h2')).toHaveText(name);
	await clean(pc, 'a locked screen');
	await pc.keyboard.press('Escape');
	await pc.keyboard.press('Escape');
	await expect(pc.locator('dialog.lock[open]')).toBeVisible();
	await pc.reload();
	await expect(pc.locator('dialog.lock[open] h2')).toHaveText(name);
	await pc.locator('#pin').fill('0001');
	await expect(pc.locator('#pad-word.wrong')).toBeVisible();
	await pc.locator('#pin').fill(PIN);
	await expect(pc.locator('dialog.lock[open]')).toHaveCount(0);
	expect(pc.url()).toBe(quiz);
	await expect(pc.locator('.stage fieldset[data-question]')).toBeVisible();
	await pc.locator('.bar [data-notme]').click();
	await pc.waitForURL(/\/join$/);
	expect((await pc.request.get('/api/v1/me')).status()).toBe(401);
	expect(await pc.evaluate(() => localStorage.getItem('nhaso.me'))).toBeNull();
	await pc.goto('/home');
	await pc.waitForURL(/\/login/);
	await pc.context().close();
});

test('"not you?" keeps unsent answers for the pupil and hides them from the next', async ({
	request,
	browser
}) => {
	const api = await Api.as(request, WHO.teacher);
	const lesson = await lessonOf(api, '7A');
	const pc = await sharedPC(browser);
	await come(pc, lesson.code, 2);
	const mine = (await (await pc.request.get('/api/v1/home')).json()) as {
		skills: { course_key: string; state: string }[];
	};
	const course = mine.skills.find((one) => one.state !== 'not_available')!.course_key;
	await pc.goto(`/skills/${course}`);
	await pc.locator('section[aria-labelledby="quiz"] .btn').first().click();
	await pc.waitForURL(/\/quizzes\//);
	const attempt = pc.url().split('/').pop()!;
	await expect(pc.locator('.stage fieldset[data-question]')).toBeVisible();
	await expect.poll(() => swReady(pc)).toBe(true);
	await pc.context().setOffline(true);
	await solve(pc.locator('.stage'), course);
	await expect(pc.locator('.mine [data-save]')).toHaveAttribute('data-save', 'local');
	await pc.locator('.bar [data-notme]').click();
	await pc.waitForURL(/\/join$/);
	await pc.context().setOffline(false);

	await come(pc, lesson.code, 3);
	expect((await pc.request.get(`/api/v1/attempts/${attempt}`)).status()).toBe(404);
	await expect(pc.locator('main h1')).toBeVisible();
	const waiting = () =>
		pc.evaluate(
			() =>
				new Promise<number>((resolve) => {
					const open = indexedDB.open('nhaso', 1);
					open.onsuccess = () => {
						const count = open.result.transaction('answers').objectStore('answers').count();
						count.onsuccess = () => resolve(count.result);
					};
				})
		);
	expect(await waiting(), 'kept for the one who left').toBeGreaterThan(0);
	await pc.locator('.bar [data-notme]').click();
	await pc.waitForURL(/\/join$/);
	expect(await waiting()).toBeGreaterThan(0);

	await come(pc, lesson.code, 2);
	await expect
		.poll(async () => {
			const reply = await pc.request.get(`/api/v1/attempts/${attempt}`);
			return ((await reply.json()) as { last_seq: number }).last_seq;
		})
		.toBeGreaterThan(0);
	await expect.poll(waiting).toBe(0);
	await pc.context().close();
});

test('five wrong tries lock a name; the teacher opens it with one tap', async ({
	page,
	request,
	browser
}) => {
	const api = await Api.as(request, WHO.teacher);
	const lesson = await lessonOf(api, '7A');
	const pc = await sharedPC(browser);
	await pc.goto('/join');
	await pc.locator('#wall-code').fill('ZZZZZZ');
	await pc.locator('form .btn.primary').click();
	await expect(pc.locator('#wall-wrong')).toBeVisible();
	const name = await choose(pc, lesson.code, 4);
	for (let left = 4; left >= 0; left--) {
		await pc.locator('#pin').fill('0001');
		await expect(pc.locator('#pad-word.wrong')).toContainText(left > 0 ? `${left}` : 'thầy cô');
	}
	await pc.locator('#pin').fill(PIN);
	await expect(pc.locator('#pad-word.wrong')).toContainText('thầy cô');

	await signIn(page, WHO.teacher);
	await page.goto(`/sessions/${lesson.id}/wall`);
	await page.locator('[data-locked]').click();
	await clean(page, 'the wall with a locked name');
	await expect(page.locator('[data-locks] li')).toContainText([name]);
	await page.locator('[data-locks] button').click();
	await expect(page.locator('[data-locked]')).toHaveCount(0);
	await pc.locator('#pin').fill(PIN);
	await pc.waitForURL(/\/home$/);
	await pc.context().close();
});

test('a pupil on the own telephone joins by the QR of the wall', async ({ page, request }) => {
	const api = await Api.as(request, WHO.teacher);
	const lesson = await lessonOf(api, '7A');
	await page.setViewportSize({ width: 360, height: 640 });
	await signIn(page, WHO.student);
	await page.goto(`/join#${lesson.code}`);
	await page.locator('section[aria-labelledby="already"] .btn.primary').click();
	await page.waitForURL(/\/home$/);
	await expect(page.locator('section[aria-labelledby="join"] .note.ok')).toBeVisible();
	// The card's QR fills the user name in.
	await page.context().clearCookies();
	await page.evaluate(() => localStorage.clear());
	await page.goto('/login#nguyenvanan');
	await expect(page.locator('#username')).toHaveValue('nguyenvanan');
});

test('when the lesson ends the pupil is told, and what was saved is handed in', async ({
	request,
	browser
}) => {
	const api = await Api.as(request, WHO.teacher);
	const lesson = await lessonOf(api, '7A');
	const pc = await sharedPC(browser);
	await come(pc, lesson.code, 5);
	const mine = (await (await pc.request.get('/api/v1/home')).json()) as {
		skills: { course_key: string; state: string }[];
	};
	const course = mine.skills.find((one) => one.state !== 'not_available')!.course_key;
	await pc.goto(`/skills/${course}`);
	await pc.locator('section[aria-labelledby="quiz"] button.btn').first().click();
	await pc.waitForURL(/\/quizzes\//);
	await solve(pc.locator('.stage'), course);
	await expect(pc.locator('.mine [data-save]')).toHaveAttribute('data-save', 'saved');
	await api.call('POST', `/lesson-sessions/${lesson.id}/closing`, {});
	await pc.goto('/practice');
	await pc.waitForURL(/\/join$/);
	const { participants } = await api.get<{ participants: { state: string; answered: number }[] }>(
		`/lesson-sessions/${lesson.id}`
	);
	expect(participants.filter((one) => one.state === 'working')).toHaveLength(0);
	// Outside the window the code is a wrong one.
	await pc.locator('#wall-code').fill(lesson.code);
	await pc.locator('form .btn.primary').click();
	await expect(pc.locator('#wall-wrong')).toBeVisible();
	await pc.context().close();
});
