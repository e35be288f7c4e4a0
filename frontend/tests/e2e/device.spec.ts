// What a device does by itself: a skill taken along, a quiz finished without a network and
// handed in after a restart, the installed app.
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { Api, signIn, solve, startTrial, submitOpen, WHO } from './kit.ts';
import { Device, swReady } from './line.ts';

interface Result {
	percent: number;
	late_at: string | null;
	awaited: boolean;
}
interface Attempt {
	state: string;
	answers: { slot: number; seq: number }[];
	items: unknown[];
}

/** Answers the questions from n on, rightly, and hands in from the review. */
async function finish(page: Page, course: string, n: number): Promise<void> {
	const total = await page.locator('nav.numbers li').count();
	for (let i = n; i < total; i++) {
		await page.locator('nav.numbers li button').nth(i).click();
		await solve(page.locator('.stage'), course);
	}
	await page.locator('nav.numbers li button').last().click();
	await page.locator('.foot .btn.primary').click();
	await page.locator('dialog[open] .btn.primary').click();
}

let device: Device;
test.beforeEach(() => {
	device = new Device();
});
test.afterEach(() => device.end());

test('a quiz begun online is finished offline, survives a restart and is handed in from home: same score', async ({
	request
}) => {
	let page = await device.open();
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { id, course } = await startTrial(page, api);
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);
	await solve(page.locator('.stage'), course);
	await expect(page.locator('.mine [data-save]')).toHaveAttribute('data-save', 'saved');

	await device.cable.cut(page);
	await finish(page, course, 1);
	await expect(page.locator('#held')).toContainText('sẽ nộp khi có mạng');
	expect((await api.get<Attempt>(`/attempts/${id}`)).state).toBe('open');

	// Switched off and on again, still without a network: it is all there.
	page = await device.restart();
	await page.goto('/home');
	await expect(page.locator(`[data-held="${id}"]`)).toBeVisible();
	await page.goto(`/quizzes/${id}`);
	await expect(page.locator('#held')).toBeVisible();
	await page.goto('/home');
	await expect(page.locator(`[data-held="${id}"]`)).toBeVisible();

	// The network comes back: home hands it in, nobody opens the quiz.
	await device.cable.mend(page);
	await expect(page.locator(`[data-sent="${id}"]`)).toBeVisible({ timeout: 40_000 });
	const result = await api.get<Result>(`/attempts/${id}/result`);
	expect(result).toMatchObject({ percent: 100, late_at: null, awaited: false });
	const attempt = await api.get<Attempt>(`/attempts/${id}`);
	expect(attempt.state).toBe('submitted');
	expect(attempt.answers.length).toBe(attempt.items.length);
	await page.locator(`[data-sent="${id}"] a`).click();
	await expect(page.locator('[data-passed="true"]')).toBeVisible();
});

test('the lesson ends meanwhile: the late answers are taken once, and the teacher sees a word for it', async ({
	request
}) => {
	const teacher = await Api.as(request, WHO.teacher);
	const session = await openLesson(teacher);
	let page = await device.open();
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	await submitOpen(api);
	await api.call('POST', '/lesson-sessions/join', { code: session.code });
	// A course whose keys the class's assignment does not show at once.
	const { id, course } = await startTrial(page, api, 'online_payment');
	await solve(page.locator('.stage'), course);
	await expect(page.locator('.mine [data-save]')).toHaveAttribute('data-save', 'saved');
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);

	await device.cable.cut(page);
	await finish(page, course, 1);
	await expect(page.locator('#held')).toBeVisible();
	await teacher.call('POST', `/lesson-sessions/${session.id}/closing`, {});
	const closed = await api.get<Result>(`/attempts/${id}/result`);
	expect(closed.awaited).toBe(true);
	expect(closed.percent).toBeLessThan(100);
	type Detail = { participants: { late: boolean; awaited: boolean }[] };
	const seen = () => teacher.get<Detail>(`/lesson-sessions/${session.id}`);
	expect((await seen()).participants.some((p) => p.awaited)).toBe(true);

	page = await device.restart();
	await page.goto('/home');
	await device.cable.mend(page);
	await expect(page.locator(`[data-sent="${id}"]`)).toBeVisible({ timeout: 40_000 });
	const late = await api.get<Result>(`/attempts/${id}/result`);
	expect(late.percent).toBe(100);
	expect(late.late_at).not.toBeNull();
	expect((await seen()).participants.some((p) => p.late)).toBe(true);
});

/** The open lesson of the pupil's class, or a new one. */
async function openLesson(teacher: Api): Promise<{ id: string; code: string }> {
	const { items } = await teacher.get<{
		items: { id: string; name: string; session: { id: string; code: string } | null }[];
	}>('/classes');
	const mine = items.find((item) => item.name === '7A') ?? items[0]!;
	if (mine.session) return mine.session;
	const id = crypto.randomUUID();
	return teacher.call('POST', '/lesson-sessions', {
		id: `${id.slice(0, 14)}7${id.slice(15)}`,
		class_id: mine.id,
		course_key: null,
		minutes: 90
	});
}

test('a skill taken along: lessons, pictures, glossary and practice with the network gone', async ({
	request
}) => {
	let page = await device.open();
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	await submitOpen(api);
	const course = 'self_protection-thcs';
	interface Pack {
		lessons: { key: string; cards: { image: { src: string } | null }[]; practice: string[] }[];
		questions: { key: string; kind: string }[];
	}
	const pack = await api.get<Pack>(`/courses/${course}/pack`);
	const taken = new Set(pack.questions.map((q) => q.key));
	const lesson = pack.lessons.find(
		(l) => l.cards.some((c) => c.image) && l.practice.some((key) => taken.has(key))
	)!;
	await page.goto(`/skills/${course}`);
	const box = page.locator('section[aria-labelledby="take"]');
	await expect(box.locator('button')).toContainText(/Mang theo \(.*(KB|MB)\)/);
	await box.locator('button').click();
	await expect(box.locator('.chip.ok')).toBeVisible({ timeout: 60_000 });
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);

	// A fresh start without a network, at lessons that were never opened on this device.
	await device.cable.cut();
	page = await device.restart();
	await page.goto(`/skills/${course}`);
	await expect(page.locator('section[aria-labelledby="take"] .chip.ok')).toBeVisible();
	for (const one of pack.lessons) {
		await page.goto(`/lessons/${course}/${one.key}`);
		await expect(page.locator('.player .stage h1, .player .stage h2').first()).toBeVisible();
	}
	await page.goto(`/lessons/${course}/${lesson.key}`);
	const next = page.locator('.foot .next');
	await expect(page.locator('.stage .card.lesson')).toBeVisible();
	let pictures = 0;
	while (await page.locator('.stage .card.lesson').count()) {
		for (const img of await page.locator('.stage .card.lesson img').all()) {
			await expect
				.poll(() => img.evaluate((el: HTMLImageElement) => el.complete && el.naturalWidth))
				.toBeGreaterThan(0);
			pictures++;
		}
		await next.click();
	}
	expect(pictures).toBeGreaterThan(0);
	const form = page.locator('.stage form');
	await expect(form.locator('fieldset[data-question]')).toBeVisible();
	await solve(form, course);
	await form.locator('.btn.primary').click();
	await expect(form.locator('.verdict.ok')).toBeVisible();

	// The try reaches the server later, once.
	let sent = 0;
	await page.route('**/api/v1/practice-answers/offline', async (route) => {
		const reply = await route.fetch();
		const body = (await reply.json()) as { acked: string[]; rejected: unknown[] };
		expect(body.rejected).toEqual([]);
		sent += body.acked.length;
		await route.fulfill({ response: reply });
	});
	await device.cable.mend(page);
	await expect.poll(() => sent, { timeout: 40_000 }).toBe(1);

	// Given back on request.
	await page.goto(`/skills/${course}`);
	await page.getByRole('button', { name: 'Bỏ khỏi máy' }).click();
	await expect(page.locator('section[aria-labelledby="take"] .chip.ok')).toHaveCount(0);
});

test('no room on the device is said in words, and nothing half is kept', async () => {
	const page = await device.open();
	await signIn(page, WHO.student);
	await page.addInitScript(() => {
		navigator.storage.estimate = () => Promise.resolve({ quota: 1000, usage: 900 });
	});
	await page.goto('/skills/self_protection-thcs');
	const box = page.locator('section[aria-labelledby="take"]');
	await box.locator('button').click();
	await expect(box.locator('[role="alert"]')).toContainText('không đủ chỗ');
	await expect(box.locator('.chip.ok')).toHaveCount(0);
});

test('offline for ten minutes at the end: the quiz as a file, handed in later', async ({
	request
}) => {
	const page = await device.open();
	await page.clock.install();
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { id, course } = await startTrial(page, api);
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);
	await device.cable.cut(page);
	await finish(page, course, 0);
	await expect(page.locator('#held')).toBeVisible();
	const button = page.getByRole('button', { name: 'Tải tệp bài làm' });
	await expect(button).toHaveCount(0);
	await page.clock.fastForward('10:30');
	await expect(button).toBeVisible();
	const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
	const file = await download.path();
	const text = readFileSync(file, 'utf8');
	expect(text).toMatch(/^NHASO-BAI-LAM-1/);
	const body = JSON.parse(
		Buffer.from(text.split('\n').slice(1).join(''), 'base64').toString()
	) as Record<string, unknown>;
	expect(Object.keys(body).sort()).toEqual(['answers', 'attempt_id', 'id', 'seal']);
	expect(JSON.stringify(body)).not.toMatch(/correct|feedback|explain/);
	await device.cable.mend(page);
	await page.waitForURL(new RegExp(`/results/${id}`), { timeout: 60_000 });
});

test('signing out with unsent work asks first', async ({ request }) => {
	const page = await device.open();
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { course } = await startTrial(page, api);
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);
	await device.cable.cut(page);
	await solve(page.locator('.stage'), course);
	await expect(page.locator('.mine [data-save]')).toHaveAttribute('data-save', 'local');
	await page.locator('.shell-bar .tools button').last().click();
	await expect(page.locator('dialog[open]')).toContainText('chưa gửi');
	await page.locator('dialog[open] .btn.primary').click();
	await expect(page.locator('dialog[open]')).toHaveCount(0);
	await device.cable.mend(page);
	await submitOpen(api);
});

test('the app can be installed and opens without a network', async ({ request }) => {
	const manifest = await request.get('/manifest.webmanifest');
	expect(manifest.headers()['content-type']).toContain('application/manifest+json');
	const m = (await manifest.json()) as {
		name: string;
		lang: string;
		start_url: string;
		icons: { src: string; sizes: string; type: string; purpose: string }[];
	};
	expect(m).toMatchObject({ name: 'Nhà Số', lang: 'vi', start_url: '/home' });
	for (const size of ['192x192', '512x512'])
		for (const purpose of ['any', 'maskable'])
			expect(m.icons.some((i) => i.sizes === size && i.purpose === purpose)).toBe(true);
	for (const icon of m.icons) {
		const reply = await request.get(icon.src);
		expect(reply.headers()['content-type']).toBe(icon.type);
		if (icon.type !== 'image/png') continue;
		const bytes = await reply.body();
		expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(icon.sizes);
	}
	let page = await device.open();
	await signIn(page, WHO.student);
	const session = await device.context.newCDPSession(page);
	const { errors } = await session.send('Page.getAppManifest');
	expect(errors).toEqual([]);
	const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
	// A test browser shows no install dialog in its incognito-like profile.
	expect(installabilityErrors.filter((e) => e.errorId !== 'in-incognito')).toEqual([]);
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);
	for (const address of ['/certificates', '/household']) {
		await page.goto(address);
		await expect(page.locator('main h1').first()).toBeVisible();
	}
	await device.cable.cut();
	page = await device.restart();
	for (const address of ['/home', '/certificates', '/household']) {
		await page.goto(address);
		await expect(page.locator('main h1').first()).toBeVisible();
	}
	await page.goto('/home');
	await expect(page.locator('main h1').first()).toBeVisible();
	await page.evaluate(() => {
		const offer = new Event('beforeinstallprompt') as Event & { prompt?: () => Promise<void> };
		offer.prompt = () => {
			document.title = 'asked';
			return Promise.resolve();
		};
		window.dispatchEvent(offer);
	});
	await page.getByRole('button', { name: 'Cài ứng dụng' }).click();
	await expect(page).toHaveTitle('asked');
	await expect(page.getByRole('button', { name: 'Cài ứng dụng' })).toHaveCount(0);
});

test('a new release during a quiz never reloads the page', async ({ request }) => {
	const page = await device.open();
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { course } = await startTrial(page, api);
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);
	await solve(page.locator('.stage'), course);
	await page.evaluate(() => Object.assign(window, { stays: true }));
	// Another script under the same scope is what a release is to the browser.
	await page.evaluate(() => navigator.serviceWorker.register('/service-worker.js?next'));
	// The new one is there and waits its turn.
	const waiting = () =>
		page.evaluate(async () => !!(await navigator.serviceWorker.getRegistration())?.waiting);
	await expect.poll(waiting).toBe(true);
	expect(await page.evaluate(() => 'stays' in window)).toBe(true);
	await submitOpen(api);
});

test('a broken question is reported from the quiz, and the quiz goes on', async ({ request }) => {
	const page = await device.open();
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { course } = await startTrial(page, api);
	const key = await page.locator('.stage fieldset[data-question]').getAttribute('data-question');
	await page.getByRole('button', { name: 'Báo lỗi câu hỏi' }).click();
	await page.locator('dialog[open] input[value="unclear"]').check();
	await page.locator('dialog[open] textarea').fill('Em không hiểu');
	await page.locator('dialog[open] .btn.primary').click();
	await expect(page.getByText('Đã ghi lại')).toBeVisible();
	await solve(page.locator('.stage'), course);
	await expect(page.locator('.mine [data-save]')).toHaveAttribute('data-save', 'saved');
	const teacher = await Api.as(request, WHO.teacher);
	const { items } = await teacher.get<{ items: { id: string; name: string }[] }>('/classes');
	const mine = items.find((item) => item.name === '7A')!;
	type Reports = { items: { question_key: string; notes: string[] }[] };
	const list = await teacher.get<Reports>(`/classes/${mine.id}/question-reports`);
	expect(list.items.find((q) => q.question_key === key)?.notes).toContain('Em không hiểu');
	await submitOpen(api);
});
