// The five families of practice scenarios, played from the authors' own example logs: by mouse,
// by keyboard alone, and with the network gone. axe looks at every kind of screen on the way.
import { expect, type Page } from '@playwright/test';
import { Api, scenarioLogs, signIn, WHO, type ScenarioLogs, fits } from './kit.ts';
import { test } from './line.ts';
import { clean } from './axe.ts';

const FAMILIES = [
	'public_services',
	'online_shopping',
	'online_payment',
	'self_protection',
	'local_platforms'
];
interface Head {
	key: string;
}
interface RunHead {
	id: string;
	scenario_key: string;
	mode: string;
	percent: number;
	passed: boolean;
	counts: boolean;
	rewound: boolean;
}

/** The nth scenario of the pupil's course in a skill, with its example logs. */
async function pick(api: Api, skill: string, n: number) {
	const home = await api.get<{ skills: { skill: string; course_key: string }[] }>('/home');
	const course = home.skills.find((s) => s.skill === skill)!.course_key;
	const { items } = await api.get<{ items: Head[] }>(`/courses/${course}/scenarios`);
	expect(items.length, `scenarios of ${course}`).toBeGreaterThanOrEqual(2);
	const { key } = items[n % items.length]!;
	return { course, key, logs: scenarioLogs(course, key) };
}
const screen = (page: Page) => page.locator('[data-screen]');
const ending = (page: Page) => page.locator('[data-passed]');
const at = (page: Page) => screen(page).getAttribute('data-screen');

async function start(page: Page, course: string, key: string, mode: string): Promise<void> {
	await page.goto(`/practice/${course}/${key}`);
	await page.locator(`input[name="mode"][value="${mode}"]`).check();
	await page.locator('[data-start]').click();
	await expect(screen(page)).toBeVisible();
}
/** The author's passing log for the variant that was drawn. */
async function solution(page: Page, logs: ScenarioLogs): Promise<string[]> {
	const variant = await page.locator('[data-variant]').getAttribute('data-variant');
	const found = logs.solutions.find((s) => s.variant === variant);
	expect(found, `a solution of variant ${variant}`).toBeDefined();
	return found!.log;
}
const field = (line: string) => {
	const cut = line.indexOf('=');
	return {
		key: line.slice(4, cut < 0 ? undefined : cut).trim(),
		value: cut < 0 ? '' : line.slice(cut + 1).trim()
	};
};

async function byMouse(page: Page, line: string): Promise<void> {
	if (line.startsWith('saw.')) {
		await page.locator(`[data-look="${line.slice(4)}"]`).click();
	} else if (line.startsWith('set.')) {
		const { key, value } = field(line);
		const box = page.locator(`[data-field="${key}"]`);
		const kind = await box.evaluate((e) => e.tagName);
		if (kind === 'FIELDSET') await box.locator(`input[value="${value}"]`).check();
		else if (kind === 'LABEL') await box.locator('input').setChecked(value === '1');
		else await box.locator('input').fill(value);
	} else {
		await page.locator(`[data-action="${line}"]`).click();
		const sure = page.locator('dialog[open] [data-confirm]');
		if ((await sure.count()) > 0) await sure.click();
	}
}

/** Presses Tab until what the selector means has the focus, and sees that the focus shows. */
async function tabTo(page: Page, selector: string): Promise<void> {
	for (let n = 0; n < 160; n++) {
		const there = await page.evaluate(
			(wanted) => document.activeElement?.closest(wanted) !== null,
			selector
		);
		if (there) {
			const outline = await page.evaluate(
				() => getComputedStyle(document.activeElement!).outlineStyle
			);
			expect(outline, `the focus on ${selector} is drawn`).not.toBe('none');
			return;
		}
		await page.keyboard.press('Tab');
	}
	throw new Error(`Tab never reaches ${selector}`);
}
async function byKeyboard(page: Page, line: string): Promise<void> {
	if (line.startsWith('saw.')) {
		await tabTo(page, `[data-look="${line.slice(4)}"]`);
		await page.keyboard.press('Enter');
	} else if (line.startsWith('set.')) {
		const { key, value } = field(line);
		await tabTo(page, `[data-field="${key}"]`);
		const input = await page.evaluate(() => (document.activeElement as HTMLInputElement).type);
		if (input === 'radio') {
			const chosen = () =>
				page.evaluate(() => {
					const now = document.activeElement as HTMLInputElement;
					return now.checked ? now.value : null;
				});
			if ((await chosen()) === null) await page.keyboard.press('Space');
			for (let n = 0; n < 20 && (await chosen()) !== value; n++)
				await page.keyboard.press('ArrowDown');
			expect(await chosen()).toBe(value);
		} else if (input === 'checkbox') {
			const now = page.locator(`[data-field="${key}"] input`);
			if ((await now.isChecked()) !== (value === '1')) await page.keyboard.press('Space');
		} else {
			await page.keyboard.press('ControlOrMeta+A');
			if (value) await page.keyboard.type(value);
			else await page.keyboard.press('Delete');
			await page.keyboard.press('Enter');
		}
	} else {
		await tabTo(page, `[data-action="${line}"]`);
		const before = await at(page);
		await page.keyboard.press('Enter');
		if ((await page.locator('dialog[open]').count()) > 0) {
			await tabTo(page, '[data-confirm]');
			await page.keyboard.press('Enter');
			await expect(page.locator('dialog[open]')).toHaveCount(0);
		}
		// A new screen takes the focus to its heading.
		const now = (await ending(page).count()) > 0 ? before : await at(page);
		if (now !== before && (await page.locator('[data-say] button').count()) === 0)
			await expect(page.locator('[data-screen] .h')).toBeFocused();
	}
}
/** The last words of a run are put away; then the result is there. */
async function toEnd(page: Page): Promise<void> {
	const last = page.locator('[data-say] button');
	if ((await ending(page).count()) === 0 && (await last.count()) > 0) await last.click();
	await expect(ending(page)).toBeVisible();
}
async function score(page: Page): Promise<number> {
	return Number(await page.locator('[data-percent]').getAttribute('data-percent'));
}
const latest = async (api: Api): Promise<RunHead | undefined> =>
	(await api.get<{ items: RunHead[] }>('/me/scenario-runs')).items[0];

for (const [n, skill] of FAMILIES.entries()) {
	test(`${skill}: by mouse, every look accessible, the server agrees`, async ({
		page,
		request
	}) => {
		test.setTimeout(240_000);
		await page.setViewportSize({ width: 360, height: 640 });
		await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: n % 2 ? 'dark' : 'light' });
		await signIn(page, WHO.student);
		const api = await Api.as(request, WHO.student);
		const { course, key, logs } = await pick(api, skill, 0);
		await page.goto(`/practice/${course}/${key}`);
		await expect(page.locator('[data-start]')).toBeVisible();
		await clean(page, `${key} start`);
		await start(page, course, key, 'alone');
		await expect(page.locator('[data-hint]')).toHaveCount(0);
		const looks = new Set<string>();
		for (const line of await solution(page, logs)) {
			const app = (await screen(page).getAttribute('data-app'))!;
			if (!looks.has(app)) {
				looks.add(app);
				await clean(page, `${key} ${app}`);
				await fits(page, `${key} ${app}`);
			}
			await byMouse(page, line);
		}
		await toEnd(page);
		await expect(page.locator('[data-save]')).toHaveAttribute('data-save', 'saved');
		await expect(ending(page)).toHaveAttribute('data-passed', 'true');
		await expect(ending(page)).toHaveAttribute('data-counts', 'true');
		await clean(page, `${key} end`);
		const run = await latest(api);
		expect(run).toMatchObject({ scenario_key: key, mode: 'alone', passed: true, counts: true });
		expect(run?.percent).toBe(await score(page));
		// The replay goes through every screen that has signs.
		const next = page.locator('[data-next-still]');
		let stills = 1;
		for (; await next.isEnabled(); stills++) await next.click();
		expect(stills).toBeGreaterThan(1);
		await expect(page.locator('[data-replay] [data-part] .n').first()).toBeVisible();
		await clean(page, `${key} replay`);
	});

	test(`${skill}: by keyboard alone, in text mode`, async ({ page, request }) => {
		test.setTimeout(300_000);
		await signIn(page, WHO.student);
		const api = await Api.as(request, WHO.student);
		const { course, key, logs } = await pick(api, skill, 1);
		await page.goto(`/practice/${course}/${key}`);
		await expect(page.locator('[data-start]')).toBeVisible();
		await tabTo(page, 'input[name="mode"]');
		for (let i = 0; i < 3; i++) {
			if (await page.locator('input[name="mode"][value="alone"]').isChecked()) break;
			await page.keyboard.press('ArrowDown');
		}
		await tabTo(page, '[data-start]');
		await page.keyboard.press('Enter');
		await expect(page.locator('[data-screen] .h')).toBeFocused();
		// Families take turns: on the drawn phone, and in text mode.
		if (n % 2 === 0) {
			await tabTo(page, '[data-textmode]');
			await page.keyboard.press('Enter');
			await expect(page.locator('[data-screen].plain')).toBeVisible();
			await clean(page, `${key} in text mode`);
		}
		for (const line of await solution(page, logs)) await byKeyboard(page, line);
		if ((await ending(page).count()) === 0) {
			await expect(page.locator('[data-say] button')).toBeFocused();
			await page.keyboard.press('Enter');
		}
		await expect(ending(page)).toHaveAttribute('data-passed', 'true');
		await expect(page.locator('#sim-end')).toBeFocused();
		await clean(page, `${key} end, text mode ${n % 2 === 0}`);
		await expect(page.locator('[data-save]')).toHaveAttribute('data-save', 'saved');
		expect(await latest(api)).toMatchObject({ scenario_key: key, passed: true });
	});

	test(`${skill}: with the network gone, then sent with the same score`, async ({
		line,
		page,
		context,
		request
	}) => {
		test.setTimeout(240_000);
		await page.setViewportSize({ width: 320, height: 640 });
		await signIn(page, WHO.student);
		const api = await Api.as(request, WHO.student);
		const { course, key, logs } = await pick(api, skill, n + 1);
		await expect
			.poll(() => page.evaluate(async () => !!(await navigator.serviceWorker.ready).active))
			.toBe(true);
		await start(page, course, key, 'assisted');
		await line.off(context);
		const before = (await api.get<{ items: RunHead[] }>('/me/scenario-runs')).items.length;
		const log = await solution(page, logs);
		await page.locator('[data-hint]').click();
		await expect(page.locator('[data-coach]')).not.toBeEmpty();
		const half = Math.floor(log.length / 2);
		for (const line of log.slice(0, half)) await byMouse(page, line);
		const there = await at(page);
		await fits(page, `${key} ${there}`);
		// The page is opened anew without a network: the same run at the same step.
		await page.reload();
		await expect(screen(page)).toHaveAttribute('data-screen', there!);
		for (const line of log.slice(half)) await byMouse(page, line);
		await toEnd(page);
		await expect(page.locator('[data-save]')).toHaveAttribute('data-save', 'local');
		const mine = await score(page);
		await fits(page, `${key} end`);
		expect((await api.get<{ items: RunHead[] }>('/me/scenario-runs')).items).toHaveLength(before);
		await line.on(context);
		await page.evaluate(() => window.dispatchEvent(new Event('online')));
		await expect(page.locator('[data-save]')).toHaveAttribute('data-save', 'saved');
		expect(await score(page)).toBe(mine);
		const run = await latest(api);
		expect(run).toMatchObject({ scenario_key: key, mode: 'assisted', percent: mine });
		expect(run?.counts).toBe(false);
	});
}

test('a skill taken along: a scenario never opened before is played without a network', async ({
	line,
	page,
	context,
	request
}) => {
	test.setTimeout(180_000);
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { course, key, logs } = await pick(api, 'local_platforms', 0);
	await page.goto(`/skills/${course}`);
	const box = page.locator('section[aria-labelledby="take"]');
	await box.locator('button.btn').first().click();
	await expect(box.locator('.chip.ok')).toBeVisible({ timeout: 60_000 });
	await expect
		.poll(() => page.evaluate(async () => !!(await navigator.serviceWorker.ready).active))
		.toBe(true);
	await line.off(context);
	await start(page, course, key, 'alone');
	for (const line of await solution(page, logs)) await byMouse(page, line);
	await toEnd(page);
	await expect(page.locator('[data-save]')).toHaveAttribute('data-save', 'local');
	// What was just played is watched again on this device, before the server has it.
	await page.goto(`/practice/${course}/${key}`);
	await page.locator('[data-again]').click();
	await page.locator(`a[href="/practice/runs?of=${course}/${key}"]`).click();
	const own = page.locator('[data-run]', { has: page.locator('[data-save="local"]') });
	await expect(own).toHaveCount(1);
	await own.click();
	await expect(page.locator('#sim-end')).toBeVisible();
	await expect(page.locator('[data-replay] [data-part] .n').first()).toBeVisible();
	await fits(page, `${key} watched again offline`);
	// From another page, when the network is back: whatever is open sends it.
	await page.goto('/home');
	await line.on(context);
	await page.evaluate(() => window.dispatchEvent(new Event('online')));
	await expect
		.poll(async () => {
			const run = await latest(api);
			return run?.scenario_key === key && run.mode;
		})
		.toBe('alone');
});

test('a run that fails says what to mend, and any decision can be gone back to', async ({
	page,
	request
}) => {
	test.setTimeout(240_000);
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { course, key, logs } = await pick(api, 'self_protection', 0);
	// Draw until the variant is one with an example that fails.
	let bad: string[] | undefined;
	for (let tries = 0; tries < 12 && !bad; tries++) {
		await start(page, course, key, 'alone');
		const variant = await page.locator('[data-variant]').getAttribute('data-variant');
		bad = logs.failures.find((f) => f.variant === variant)?.log;
		if (!bad) {
			await page.locator('summary').first().click();
			await page.locator('[data-restart]').click();
			await page.locator('[data-confirm-restart]').click();
		}
	}
	for (const line of bad!) await byMouse(page, line);
	await toEnd(page);
	await expect(ending(page)).toHaveAttribute('data-passed', 'false');
	await expect(page.locator('[data-line]')).toHaveCount(4);
	await expect(page.locator('#sim-mend + ul li').first()).toBeVisible();
	await expect(page.locator('[data-save]')).toHaveAttribute('data-save', 'saved');
	expect(await latest(api)).toMatchObject({ passed: false, counts: false, rewound: false });

	await page.locator('[data-rewind="0"]').click();
	await expect(screen(page)).toBeVisible();
	// A run from an earlier decision is practice: the coach may be asked, and it never counts.
	await expect(page.locator('[data-hint]')).toBeVisible();
	for (const line of await solution(page, logs)) await byMouse(page, line);
	await toEnd(page);
	await expect(ending(page)).toHaveAttribute('data-passed', 'true');
	await expect(ending(page)).toHaveAttribute('data-counts', 'false');
	await expect(page.locator('[data-save]')).toHaveAttribute('data-save', 'saved');
	expect(await latest(api)).toMatchObject({ passed: true, counts: false, rewound: true });
});

test('the guide shows each step, and Escape is the way back', async ({ page, request }) => {
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const { course, key, logs } = await pick(api, 'online_payment', 0);
	await start(page, course, key, 'guided');
	await expect(page.locator('[data-coach]')).not.toBeEmpty();
	await expect(page.locator('.pointed')).toHaveCount(1);
	await page.locator('[data-show]').click();
	expect(
		await page.evaluate(() => !!document.activeElement?.closest('.pointed, [data-part]'))
	).toBe(true);
	for (const line of await solution(page, logs)) {
		if ((await page.locator('button[data-back]').count()) > 0) break;
		await byMouse(page, line);
	}
	const before = await at(page);
	while ((await page.locator('[data-say] button').count()) > 0) await page.keyboard.press('Escape');
	await page.keyboard.press('Escape');
	await expect(screen(page)).not.toHaveAttribute('data-screen', before!);
});
