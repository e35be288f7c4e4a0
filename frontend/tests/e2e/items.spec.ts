// Questions on the wall by keyboard, once more with the class, and a mended question looked at.
import { expect, test } from '@playwright/test';
import { clean } from './axe.ts';
import { Api, signIn, WHO } from './kit.ts';

const COURSE = 'self_protection-thcs';
interface List<T> {
	items: T[];
}

for (const size of [
	{ width: 1366, height: 768 },
	{ width: 1920, height: 1080 }
]) {
	test(`a lesson on the wall at ${size.width}`, async ({ page, context }) => {
		await page.setViewportSize(size);
		await signIn(page, WHO.teacher);
		await page.goto(`/teach/${COURSE}`);
		// One tap from the plan.
		await page.locator('[data-plan] a[data-project="cards"]').first().click();
		await expect(page).toHaveURL(/project=1/);
		const wall = page.locator('[data-projector]');
		await expect(wall.locator('h1')).toBeVisible();
		const px = await wall
			.locator('.stage')
			.evaluate((el) => parseFloat(getComputedStyle(el).fontSize));
		expect(px).toBeGreaterThanOrEqual(28);
		expect(px).toBeLessThanOrEqual(40);
		await expect(page.locator('.shell-bar')).toBeHidden();
		await expect(page.locator('body')).not.toContainText('Nguyễn');
		await clean(page, 'the wall');

		const at = wall.locator('[data-at]');
		await expect(at).toHaveAttribute('data-at', '1');
		await page.keyboard.press('ArrowRight');
		await page.keyboard.press('PageDown');
		await expect(at).toHaveAttribute('data-at', '3');
		await page.keyboard.press('PageUp');
		await expect(at).toHaveAttribute('data-at', '2');

		// Opened once, it goes on without a network.
		await context.setOffline(true);
		await page.keyboard.press('End');
		const last = await at.getAttribute('data-at');
		expect(Number(last)).toBeGreaterThan(2);
		await context.setOffline(false);
		await page.keyboard.press('Escape');
		await expect(page).toHaveURL(new RegExp(`/teach/${COURSE}$`));
		await expect(page.locator('.shell-bar')).toBeVisible();
	});
}

test('R reveals and H hints', async ({ page, request }) => {
	const teacher = await Api.as(request, WHO.teacher);
	await signIn(page, WHO.teacher);
	// The questions of a course wait while somebody takes its quiz; not all five at once.
	const courses = await teacher.get<List<{ key: string }>>('/courses');
	let deck: { questions: unknown[]; lesson: { cards: unknown[] } } | null = null;
	let at = '';
	for (const { key } of courses.items) {
		const { lessons } = await teacher.get<{ lessons: { key: string }[] }>(`/courses/${key}`);
		for (const lesson of lessons) {
			deck = await teacher.get(`/courses/${key}/lessons/${lesson.key}/projection`);
			at = `${key}/project/${lesson.key}`;
			if (deck!.questions.length > 0) break;
		}
		if (deck!.questions.length > 0) break;
	}
	expect(deck!.questions.length, 'a lesson whose questions may be shown').toBeGreaterThan(0);
	const first = deck!.lesson.cards.length + 1;
	await page.goto(`/teach/${at}?project=1&at=${first}`);
	const question = page.locator('[data-wall-question]');
	await expect(question).toHaveAttribute('data-revealed', 'false');
	await expect(question.locator('.right')).toHaveCount(0);
	await page.keyboard.press('h');
	await expect(question.locator('.hint')).toHaveCount(1);
	await page.keyboard.press('r');
	await expect(question).toHaveAttribute('data-revealed', 'true');
	await clean(page, 'a revealed question');
	await page.keyboard.press('R');
	await expect(question).toHaveAttribute('data-revealed', 'false');
});

test('what a class missed, and the cards for the wall', async ({ page, request }) => {
	const teacher = await Api.as(request, WHO.teacher);
	const { items } = await teacher.get<List<{ id: string }>>('/classes');
	await signIn(page, WHO.teacher);
	for (const { id } of items) {
		const cards = await teacher.get<{ cards: unknown[] }>(`/classes/${id}/reteach`);
		await page.goto(`/classes/${id}/items`);
		await expect(page.locator('main h1')).toContainText('câu hay sai');
		await clean(page, 'missed questions');
		if (cards.cards.length === 0) continue;
		await page.locator('a[data-reteach]').click();
		const wall = page.locator('[data-projector]');
		await expect(wall.locator('[data-wall-question]')).toBeVisible();
		await page.keyboard.press('r');
		await expect(wall.locator('[data-revealed="true"]')).toBeVisible();
		await page.keyboard.press('Escape');
		await expect(page).toHaveURL(new RegExp(`/classes/${id}/items`));
	}
});

test('the department reads the analysis; a pupil and a teacher do not', async ({
	page,
	request
}) => {
	const dept = await Api.as(request, WHO.dept);
	const { items } = await dept.get<List<{ question_hash: string }>>('/item-analysis');
	expect(items.length).toBeGreaterThan(100);
	await signIn(page, WHO.dept);
	await page.goto('/items');
	await expect(page.locator('tbody tr').first()).toBeVisible();
	await clean(page, 'item analysis');
	const [file] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('link', { name: 'Excel' }).click()
	]);
	expect(file.suggestedFilename()).toBe('phan-tich-cau-hoi.xlsx');
	await page.locator('tbody a').first().click();
	await expect(page.locator('dl')).toBeVisible();
	await clean(page, 'one question');
});

test('a preview of a regrade names nobody to the administrator', async ({ page, request }) => {
	const admin = await Api.as(request, WHO.admin);
	const { items } =
		await admin.get<
			List<{ question_hash: string; question_key: string; course_key: string; current: boolean }>
		>('/item-analysis');
	const one = items.find((item) => item.current)!;
	// The page of an old version shows the preview; the figures come as the server would answer.
	await page.route('**/api/v1/item-analysis/' + one.question_hash, async (route) => {
		const reply = await route.fetch();
		await route.fulfill({ json: { ...(await reply.json()), current: false } });
	});
	await signIn(page, WHO.admin);
	await page.goto(`/items/${one.question_hash}`);
	await page.getByRole('button', { name: 'Xem ai đổi điểm' }).click();
	await expect(page.locator('main [role="alert"], main .note.bad')).toContainText(
		'chưa có bản mới'
	);
	await page.route('**/api/v1/regrades/preview?**', (route) =>
		route.fulfill({
			json: {
				...{ course_key: one.course_key, question_key: one.question_key, from: 'a', to: 'b' },
				...{
					old_stem: 'Cũ',
					new_stem: 'Mới',
					applied: false,
					attempts: 3,
					changed: 1,
					unchanged: 2
				},
				...{ not_regradable: 0, reason: '', waiting: 0, open: 0, up: 1, down: 0, pass_gained: 1 },
				...{ below_now: 0, certificates: 0, classes: [] },
				changes: [
					{
						...{
							attempt_id: 'x',
							school_name: 'THCS Ba Chẽ',
							class_name: '7A',
							name: null,
							slot: 7
						},
						...{
							old_percent: 70,
							new_percent: 80,
							pass_gained: true,
							certificate: false,
							below_now: false
						}
					}
				]
			}
		})
	);
	await page.getByRole('button', { name: 'Xem ai đổi điểm' }).click();
	const preview = page.locator('[data-regrade="preview"]');
	await expect(preview).toContainText('1 trên 3 bài sẽ đổi điểm');
	await expect(preview).toContainText('70 % → 80 %');
	await expect(preview).toContainText('ngoài phạm vi xem tên');
	await clean(page, 'a regrade preview');
});
