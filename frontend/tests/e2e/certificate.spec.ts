// The paper in the pupil's hand: shown with the network gone, saved as files, shared.
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { Api, certifiedPupil, signIn, WHO } from './kit.ts';
import { test } from './line.ts';

const ready = (page: Page) =>
	page.evaluate(async () => {
		await navigator.serviceWorker.ready;
		return !!navigator.serviceWorker.controller;
	});

/** Downloads by a button and answers name and bytes. */
async function fileOf(page: Page, selector: string): Promise<{ name: string; bytes: Buffer }> {
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.locator(selector).click()
	]);
	return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

test('the certificate opens in flight mode after one visit', async ({
	line,
	page,
	context,
	request
}) => {
	await signIn(page, await certifiedPupil(request));
	await expect.poll(() => ready(page)).toBe(true);
	await page.goto('/certificates');
	const code = page.locator('.paper .code');
	await expect(code).toBeVisible();
	const shown = await code.textContent();
	await expect(page.locator('.paper .status')).toBeVisible();

	await line.off(context);
	await page.reload();
	await expect(code).toHaveText(shown!);
	await expect(page.locator('.paper .proof .ink')).toHaveAttribute('d', /M/);
	await expect(page.locator('.paper .status')).toBeVisible();
	await expect(page.locator('section[aria-labelledby="keep"] .note')).toBeVisible();
	// A file cannot come without a network: said, and nothing is lost.
	await page.locator('[data-file="a4"]').click();
	await expect(page.locator('[role="alert"]')).toBeVisible();
	await line.on(context);
	await page.locator('[data-file="a4"]').click();
	await expect(page.locator('[role="alert"]')).toHaveCount(0);
});

test('the certificate as A4, card and badge', async ({ page, request }) => {
	await signIn(page, await certifiedPupil(request));
	await page.goto('/certificates');
	const code = (await page.locator('.paper .code').textContent())!.replace(/[\s-]/g, '');
	for (const [what, name] of [
		['a4', `giay-xac-nhan-${code}-a4.pdf`],
		['card', `giay-xac-nhan-${code}-card.pdf`]
	] as const) {
		const file = await fileOf(page, `[data-file="${what}"]`);
		expect(file.name).toBe(name);
		expect(file.bytes.subarray(0, 5).toString()).toBe('%PDF-');
	}
	const badge = await fileOf(page, '[data-file="badge"]');
	expect(badge.name).toBe(`huy-hieu-${code}.jwt`);
	const payload = JSON.parse(
		Buffer.from(badge.bytes.toString().split('.')[1]!, 'base64url').toString()
	) as { type: string[]; id: string };
	expect(payload.type).toContain('OpenBadgeCredential');
	expect(payload.id).toContain(`/verify/${code}`);
});

test('the public link is shared, or copied where nothing can share', async ({
	page,
	context,
	request
}) => {
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.addInitScript(() => {
		const shared: unknown[] = [];
		Object.assign(window, { shared });
		Object.defineProperty(navigator, 'share', {
			configurable: true,
			value: (data: unknown) => (shared.push(data), Promise.resolve())
		});
	});
	await signIn(page, await certifiedPupil(request));
	await page.goto('/certificates');
	await page.locator('[data-share]').click();
	const shared = await page.evaluate(
		() => (window as unknown as { shared: { url: string }[] }).shared
	);
	expect(shared[0]?.url).toMatch(/\/verify\/[A-Z0-9]+$/);

	await page.evaluate(() =>
		Object.defineProperty(navigator, 'share', { configurable: true, value: undefined })
	);
	await page.locator('[data-share]').click();
	await expect
		.poll(() => page.evaluate(() => navigator.clipboard.readText()))
		.toMatch(/\/verify\/[A-Z0-9]+$/);
});

test('a teacher prints the class, and the public page says under which rule', async ({
	page,
	request
}) => {
	const teacher = await Api.as(request, WHO.teacher);
	const { items } = await teacher.get<{ items: { id: string; certified: number }[] }>('/classes');
	const held = items.find((one) => one.certified > 0)!;
	await signIn(page, WHO.teacher);
	await page.goto(`/classes/${held.id}`);
	await page.locator('.head [data-print]').click();
	for (const format of ['a4', 'cards']) {
		const file = await fileOf(page, `dialog[open] [data-file="${format}"]`);
		expect(file.name).toBe(`giay-xac-nhan-lop-${format}.pdf`);
		expect(file.bytes.subarray(0, 5).toString()).toBe('%PDF-');
	}
	const board = await teacher.get<{
		students: { certificate: { code: string; status: string } | null }[];
	}>(`/classes/${held.id}/board`);
	const code = board.students.find((s) => s.certificate?.status === 'valid')!.certificate!.code;
	await page.goto(`/verify/${code}`);
	await expect(page.locator('dl')).toContainText('quy tắc 1');
});
