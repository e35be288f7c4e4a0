// axe on every page, in both themes: nothing serious or critical. And
// what axe cannot see: where the focus goes, and that the keyboard alone is enough.
import { expect, test, type Page } from '@playwright/test';
import { clean, cleanInTheDark } from './axe.ts';
import { faults, pagesOf, ROLES, visit } from './pages.ts';
import { Api, certifiedPupil, signIn, submitOpen, WHO, fits } from './kit.ts';

async function prefer(page: Page, theme: string, locale: string): Promise<void> {
	await page.addInitScript(
		([t, l]) => {
			localStorage.setItem('nhaso.theme', t!);
			localStorage.setItem('PARAGLIDE_LOCALE', l!);
		},
		[theme, locale]
	);
}

// Both languages have the same keys (messages.test.ts); what is read by most is looked at in both.
const TOURS = [
	...ROLES.map((role) => ({ role, theme: 'light', locale: 'vi' })),
	{ role: 'public' as const, theme: 'dark', locale: 'en' },
	{ role: 'student' as const, theme: 'dark', locale: 'en' }
];
const PHONE = { width: 320, height: 640 };
const DESK = { width: 1366, height: 768 };
for (const { role, theme, locale } of TOURS) {
	test(`axe: ${role}, ${theme}, ${locale}`, async ({ page, request }) => {
		test.setTimeout(240_000);
		await page.emulateMedia({ reducedMotion: 'reduce' });
		await page.setViewportSize(DESK);
		await prefer(page, theme, locale);
		const wrong = faults(page);
		if (role !== 'public') await signIn(page, WHO[role]);
		for (const stop of await pagesOf(role, request)) {
			await visit(page, stop);
			await clean(page, `${stop.name} ${theme} ${locale}`);
			if (theme !== 'light') continue;
			await cleanInTheDark(page, stop.name);
			await page.setViewportSize(PHONE);
			await fits(page, `${stop.name} at ${PHONE.width} px`);
			await page.setViewportSize(DESK);
		}
		expect(wrong).toEqual([]);
	});
}

test('axe: dialogs and error states', async ({ page, request }) => {
	await page.goto('/login');
	await page.locator('form .btn.primary').click();
	await expect(page.locator('[role="alert"]')).toBeFocused();
	await clean(page, 'login with errors');
	await page.goto('/no/such/page');
	await expect(page.locator('main h1')).toBeVisible();
	await clean(page, 'not found');

	await signIn(page, WHO.teacher);
	const api = await Api.as(request, WHO.teacher);
	const { items } = await api.get<{ items: { id: string }[] }>('/classes');
	await page.goto(`/classes/${items[0]!.id}`);
	await page.locator('.head a[data-assign]').click();
	await expect(page.locator('dialog[open]')).toBeVisible();
	await clean(page, 'assign dialog');
	await page.goto(`/classes/${items[0]!.id}`);
	await page.locator('.head [data-print]').click();
	await expect(page.locator('dialog[open] [data-file]').first()).toBeVisible();
	await clean(page, 'print dialog');
	await page.goto(`/classes/${items[0]!.id}/links`);
	await page.locator('li[data-state] button.danger').first().click();
	await expect(page.locator('dialog[open]')).toBeVisible();
	await clean(page, 'reject dialog');
});

test('axe: an issued certificate', async ({ page, request }) => {
	await signIn(page, await certifiedPupil(request));
	await page.goto('/certificates');
	await expect(page.locator('.paper .code')).toBeVisible();
	await clean(page, 'issued certificate');
});

test('axe: every kind of question on screen', async ({ page, request }) => {
	test.setTimeout(180_000);
	await signIn(page, WHO.student);
	const api = await Api.as(request, WHO.student);
	const home = await api.get<{ skills: { course_key: string; state: string }[] }>('/home');
	await submitOpen(api);
	const kinds = new Set<string>();
	for (const skill of home.skills.filter((s) => s.state !== 'not_available')) {
		const course = await api.get<{ lessons: { key: string }[] }>(`/courses/${skill.course_key}`);
		for (const { key } of course.lessons) {
			const path = `/courses/${skill.course_key}/lessons/${key}`;
			const lesson = await api.get<{ practice: string[] }>(path);
			for (const question of lesson.practice) {
				const { question: view } = await api.get<{ question: { kind: string } }>(
					`/courses/${skill.course_key}/questions/${question}/practice`
				);
				kinds.add(view.kind);
			}
		}
	}
	const seen = new Set<string>();
	for (const skill of home.skills.filter((s) => s.state !== 'not_available')) {
		await submitOpen(api);
		await page.goto(`/skills/${skill.course_key}`);
		await page.locator('section[aria-labelledby="quiz"] button.btn').click();
		await page.waitForURL(/\/quizzes\//);
		const total = await page.locator('nav.numbers li').count();
		for (let n = 0; n < total; n++) {
			await page.locator('nav.numbers li button').nth(n).click();
			const kind = await page.locator('.stage fieldset').first().getAttribute('data-kind');
			if (!kind || seen.has(kind)) continue;
			seen.add(kind);
			await clean(page, `question ${kind}`);
		}
		if (seen.size === 6) break;
	}
	expect(seen.size).toBeGreaterThanOrEqual(5);
	expect(kinds.size).toBeGreaterThanOrEqual(5);
});

test('keyboard: sign in, reach a page, skip to its content', async ({ page }) => {
	await page.goto('/login');
	await page.locator('#username').focus();
	await page.keyboard.type(WHO.student);
	await page.keyboard.press('Tab');
	await page.keyboard.type(process.env.E2E_PASSWORD ?? 'HaLong-2026');
	await page.keyboard.press('Enter');
	await page.waitForURL(/\/home/);
	await expect(page.locator('main h1')).toBeVisible();
	await page.reload();
	await expect(page.locator('main h1')).toBeVisible();
	await page.keyboard.press('Tab');
	await expect(page.locator('a.skip')).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(page.locator('main')).toBeFocused();
	// A focused control shows it: the outline is really drawn.
	await page.keyboard.press('Tab');
	const outline = await page.evaluate(() => {
		const style = getComputedStyle(document.activeElement!);
		return { style: style.outlineStyle, width: parseFloat(style.outlineWidth) };
	});
	expect(outline.style).toBe('solid');
	expect(outline.width).toBeGreaterThanOrEqual(2);
});

test('a new page is announced: title and focus move with it', async ({ page }) => {
	await signIn(page, WHO.student);
	const before = await page.title();
	await page.locator('nav a[href="/household"]:visible').first().click();
	await page.waitForURL(/\/household/);
	await expect(page).not.toHaveTitle(before);
	await expect(page.locator('main h1')).toBeFocused();
	await expect(page.locator('#svelte-announcer')).toHaveText(await page.title());
});

test('targets are big enough and nothing scrolls sideways at 320 px', async ({ page, request }) => {
	test.setTimeout(180_000);
	await page.setViewportSize({ width: 320, height: 640 });
	await signIn(page, WHO.student);
	for (const stop of await pagesOf('student', request)) {
		await visit(page, stop);
		await fits(page, `${stop.name} at 320 px`);
		const small = await page.evaluate(() =>
			[...document.querySelectorAll('button, .btn, nav a, input, select, summary')]
				.filter((element) => element.checkVisibility?.() ?? true)
				.map((element) => ({ element, box: element.getBoundingClientRect() }))
				.filter(({ element }) => !element.closest('.sr, .prose') && !element.matches('.sr'))
				.map(({ element, box }) => {
					// A small box inside a label is as big as the label.
					const label = element.closest('label')?.getBoundingClientRect() ?? box;
					return {
						what: element.outerHTML.slice(0, 90),
						w: Math.max(box.width, label.width),
						h: Math.max(box.height, label.height)
					};
				})
				.filter(({ w, h }) => w > 0 && h > 0 && (w < 24 || h < 24))
		);
		expect(small, stop.name).toEqual([]);
	}
});

test('what does not fit into the bar is one key away', async ({ page }) => {
	await page.setViewportSize({ width: 360, height: 640 });
	await signIn(page, WHO.officer);
	const more = page.locator('header summary');
	await more.focus();
	await page.keyboard.press('Enter');
	const away = page.locator('header details a[href="/registers"]');
	await expect(away).toBeVisible();
	await clean(page, 'the bar, opened');
	await page.keyboard.press('Escape');
	await expect(away).toBeHidden();
	await expect(more).toBeFocused();
	await page.keyboard.press('Enter');
	await away.click();
	await expect(page).toHaveURL(/\/registers$/);
	await expect(away).toBeHidden();
	await page.setViewportSize({ width: 1366, height: 768 });
	await expect(page.locator('header nav a[href="/campaigns"]')).toBeVisible();
});
