// The product's promise: an answer given is never lost, whatever the network does.
import { expect, type Page } from '@playwright/test';
import { Api, signIn, solve, startTrial, submitOpen, WHO } from './kit.ts';
import { swReady, test } from './line.ts';

interface Attempt {
	id: string;
	state: string;
	last_seq: number;
	answers: { slot: number; seq: number }[];
	items: { slot: number }[];
}

const state = (page: Page) => page.locator('.mine [data-save]');
const question = (page: Page) => page.locator('.stage fieldset[data-question]');
const goTo = (page: Page, n: number) => page.locator('nav.numbers li button').nth(n).click();

test('answers given without a network are kept, survive a reload and are sent later', async ({
	page,
	context,
	line,
	request
}) => {
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { id, course } = await startTrial(page, api);
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);

	await solve(page.locator('.stage'), course);
	await expect(state(page)).toHaveAttribute('data-save', 'saved');

	await line.off(context);
	await goTo(page, 1);
	await solve(page.locator('.stage'), course);
	await expect(state(page)).toHaveAttribute('data-save', 'local');
	await goTo(page, 2);
	await solve(page.locator('.stage'), course);
	await expect(state(page)).toHaveAttribute('data-save', 'local');
	await expect(page.locator('.note.warn')).toBeVisible();
	expect(page.url()).toContain(`/quizzes/${id}`);
	const before = await api.get<Attempt>(`/attempts/${id}`);
	expect(new Set(before.answers.map((a) => a.slot)).size).toBe(1);

	// The page is opened anew with the network still gone: same quiz, same place, same answers.
	await page.reload();
	await expect(question(page)).toBeVisible();
	await expect(page.locator('nav.numbers li button').nth(2)).toHaveAttribute(
		'aria-current',
		'step'
	);
	await expect(state(page)).toHaveAttribute('data-save', 'local');
	await goTo(page, 1);
	await expect(state(page)).toHaveAttribute('data-save', 'local');

	await line.on(context);
	await expect(page.locator('.top [data-save]')).toHaveAttribute('data-save', 'saved', {
		timeout: 40_000
	});
	const after = await api.get<Attempt>(`/attempts/${id}`);
	const slots = new Set(after.answers.map((a) => a.slot));
	for (const item of after.items.slice(0, 3)) expect(slots).toContain(item.slot);
});

test('a reply lost on the way makes no second answer', async ({ page, line, request }) => {
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { id, course } = await startTrial(page, api);
	// The server takes the answer, the browser never hears of it.
	// The second try may come one by one (PUT) or, with more waiting, as a batch (POST).
	line.lose(/^(PUT|POST) \/api\/v1\/attempts\/[^/]+\/answers/, 'reply', 1);
	await solve(page.locator('.stage'), course);
	await expect(state(page)).toHaveAttribute('data-save', 'saved', { timeout: 30_000 });
	expect(line.lost).toBe(1);
	const after = await api.get<Attempt>(`/attempts/${id}`);
	expect(new Set(after.answers.map((a) => a.slot)).size).toBe(1);
	const seqs = after.answers.map((a) => a.seq);
	expect(new Set(seqs).size).toBe(seqs.length);
});

test('two tabs on one quiz: both answers stay', async ({ page, context, request }) => {
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { id, course } = await startTrial(page, api);
	const other = await context.newPage();
	await other.goto(`/quizzes/${id}`);
	await expect(question(other)).toBeVisible();
	await solve(page.locator('.stage'), course);
	await expect(state(page)).toHaveAttribute('data-save', 'saved');
	// The second tab still counts from the old number: it must renumber, not fail.
	await goTo(other, 1);
	await solve(other.locator('.stage'), course);
	await expect(state(other)).toHaveAttribute('data-save', 'saved', { timeout: 30_000 });
	const after = await api.get<Attempt>(`/attempts/${id}`);
	const slots = new Set(after.answers.map((a) => a.slot));
	expect(slots).toContain(after.items[0]!.slot);
	expect(slots).toContain(after.items[1]!.slot);
});

test('failure 4: an ended session asks for the password over the page and loses nothing', async ({
	page,
	context,
	request
}) => {
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { id } = await startTrial(page, api);
	// One click answers these kinds: the sheet comes up right after it.
	const oneClick = 'input[data-option]:not([name$="-reason"]), button.part, button.keep';
	const total = await page.locator('nav.numbers li').count();
	for (let n = 0; n < total; n++) {
		await goTo(page, n);
		if ((await question(page).locator(oneClick).count()) > 0) break;
	}
	await context.clearCookies();
	await question(page).locator(oneClick).last().click();
	await expect(page.locator('#sheet-password')).toBeVisible();
	expect(page.url()).toContain(`/quizzes/${id}`);
	await page.locator('#sheet-password').fill(process.env.E2E_PASSWORD ?? 'HaLong-2026');
	await page.locator('dialog[open] .btn.primary').click();
	await expect(page.locator('#sheet-password')).toHaveCount(0);
	await expect(state(page)).toHaveAttribute('data-save', 'saved', { timeout: 30_000 });
	const after = await api.get<Attempt>(`/attempts/${id}`);
	expect(after.answers.length).toBeGreaterThan(0);
	await api.call('POST', `/attempts/${id}/submission`, {});
});

test('a lesson once opened opens again without a network, and signing out wipes the device', async ({
	page,
	context,
	line,
	request
}) => {
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const home = await api.get<{ skills: { course_key: string; state: string }[] }>('/home');
	const key = home.skills.find((s) => s.state !== 'not_available')!.course_key;
	const course = await api.get<{ lessons: { key: string }[] }>(`/courses/${key}`);
	const address = `/lessons/${key}/${course.lessons[0]!.key}`;
	await page.goto(address);
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);
	const title = await page.locator('.player .card .h').first().textContent();
	await line.off(context);
	await page.reload();
	await expect(page.locator('.player .card .h').first()).toHaveText(title ?? '');
	await page.locator('.foot .next').click();
	await expect(page.locator('.top [data-save]')).toHaveAttribute('data-save', 'local');
	await line.on(context);
	await page.locator('.shell-bar .tools button').last().click();
	await page.waitForURL(/\/login/);
	const left = () =>
		page.evaluate(async () => {
			const base = await new Promise<IDBDatabase>((resolve, reject) => {
				const open = indexedDB.open('nhaso');
				open.onsuccess = () => resolve(open.result);
				open.onerror = () => reject(open.error ?? new Error('no database'));
			});
			const counts = await Promise.all(
				[...base.objectStoreNames].map(
					(name) =>
						new Promise<number>((resolve) => {
							const count = base.transaction(name).objectStore(name).count();
							count.onsuccess = () => resolve(count.result);
						})
				)
			);
			base.close();
			return { counts, me: localStorage.getItem('nhaso.me') };
		});
	await expect.poll(left).toEqual({ counts: [0, 0], me: null });
	expect(await page.evaluate(() => caches.keys())).not.toContainEqual(
		expect.stringMatching(/^taken:/)
	);
});

test('practice says why it is closed while the quiz of its course is open', async ({
	page,
	request
}) => {
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { id, course } = await startTrial(page, api);
	const { lessons } = await api.get<{ lessons: { key: string }[] }>(`/courses/${course}`);
	await page.goto(`/lessons/${course}/${lessons[0]!.key}`);
	const toPractice = async () => {
		// A finished lesson opens at its first card, an unfinished one where it was left.
		await expect(page.locator('.stage .card.lesson')).toBeVisible();
		while (await page.locator('.stage .card.lesson').count())
			await page.locator('.foot .next').click();
	};
	await toPractice();
	const way = page.locator('.stage [role="alert"] a');
	await expect(way).toHaveAttribute('href', new RegExp(`/quizzes/${id}|/home`));
	await submitOpen(api);
	await page.reload();
	await toPractice();
	await expect(page.locator('.stage form')).toBeVisible();
});
