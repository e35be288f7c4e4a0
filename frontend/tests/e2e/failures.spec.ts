// Failures that others had, each from a real report (reliability list, section 4), where the
// browser is the place. 3, 5, 6 and 16 are Go tests (models/learning/failure_test.go), 2 is
// also one (failure_test.go), 4 is in offline.spec.ts.
import { expect } from '@playwright/test';
import { Api, signIn, solve, startTrial, submitOpen, WHO } from './kit.ts';
import { Device, swReady, test } from './line.ts';

interface Attempt {
	answers: { slot: number }[];
	items: { slot: number }[];
}

test('failure 1: a save fails, the page is reloaded, the restored answer is sent again at once', async ({
	page,
	line,
	request
}) => {
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { id, course } = await startTrial(page, api);
	line.lose(/^(PUT|POST) \/api\/v1\/attempts\/[^/]+\/answers/, 'request');
	await solve(page.locator('.stage'), course);
	await expect(page.locator('.mine [data-save]')).toHaveAttribute('data-save', 'local');
	expect((await api.get<Attempt>(`/attempts/${id}`)).answers).toEqual([]);
	expect(line.lost).toBeGreaterThan(0);
	line.loseNothing();
	await page.reload();
	// Nothing is touched: opening the page is enough.
	await expect(page.locator('.mine [data-save]')).toHaveAttribute('data-save', 'saved', {
		timeout: 5_000
	});
	const after = await api.get<Attempt>(`/attempts/${id}`);
	expect(after.answers.map((a) => a.slot)).toContain(after.items[0]!.slot);
	await submitOpen(api);
});

test('failure 2: the power goes in mid-write; after the restart everything kept is there and sent', async ({
	request
}) => {
	const device = new Device();
	let page = await device.open();
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { id, course } = await startTrial(page, api);
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);
	await device.cable.cut(page);
	for (let n = 0; n < 3; n++) {
		await page.locator('nav.numbers li button').nth(n).click();
		await solve(page.locator('.stage'), course);
		await expect(page.locator('.mine [data-save]')).toHaveAttribute('data-save', 'local');
	}
	// Writes as fast as the device can, and the browser dies among them.
	await page.evaluate(() => {
		for (let i = 0; i < 200; i++)
			setTimeout(() => document.querySelector<HTMLElement>('[data-option], .part')?.click(), i);
	});
	const session = await device.context.newCDPSession(page);
	void session.send('Browser.crash').catch(() => undefined);
	await new Promise((resolve) => setTimeout(resolve, 1500));

	page = await device.restart();
	await device.cable.mend(page);
	await page.goto(`/quizzes/${id}`);
	// What the browser had not written yet may include the sign-in; the answers are there.
	await page.locator('.quiz, #username').first().waitFor();
	if (page.url().includes('/login')) await signIn(page, WHO.student);
	await page.goto(`/quizzes/${id}`);
	await expect(page.locator('.top [data-save]')).toHaveAttribute('data-save', 'saved', {
		timeout: 40_000
	});
	const after = await api.get<Attempt>(`/attempts/${id}`);
	const slots = after.answers.map((a) => a.slot);
	for (const item of after.items.slice(0, 3)) expect(slots).toContain(item.slot);
	await device.end();
	await submitOpen(api);
});

test('failure 3: the time runs out with a dead socket; what was saved counts, what was kept comes after', async ({
	page,
	context,
	line,
	request
}) => {
	await page.clock.install();
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { id, course } = await startTrial(page, api);
	await expect.poll(() => swReady(page), { timeout: 60_000 }).toBe(true);
	await solve(page.locator('.stage'), course);
	await expect(page.locator('.mine [data-save]')).toHaveAttribute('data-save', 'saved');
	await line.off(context);
	await page.locator('nav.numbers li button').nth(1).click();
	await solve(page.locator('.stage'), course);
	// Second 0 on this device, nobody presses anything.
	await page.clock.fastForward('03:00:00');
	await expect(page.locator('#held')).toBeVisible();
	expect(page.url()).toContain(`/quizzes/${id}`);
	await line.on(context);
	await page.waitForURL(new RegExp(`/results/${id}`), { timeout: 60_000 });
	const after = await api.get<Attempt>(`/attempts/${id}`);
	const slots = after.answers.map((a) => a.slot);
	for (const item of after.items.slice(0, 2)) expect(slots).toContain(item.slot);
});
