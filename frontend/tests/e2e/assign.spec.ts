// Assigning to chosen pupils, a draft that survives, copying, catching up, and what the pupil sees.
import { expect, test, type Page } from '@playwright/test';
import { clean } from './axe.ts';
import { Api, signIn, WHO } from './kit.ts';

interface List<T> {
	items: T[];
}
interface Given {
	id: string;
	kind: string;
	title: string;
	recipients: { to: string; person_ids: string[] };
	due_at: string;
	total: number;
}
interface Home {
	person: { class_name: string };
	assignments: { id: string; kind: string; attempts_left: number | null }[];
}

async function ground(page: Page) {
	const teacher = await Api.as(page.request, WHO.teacher);
	const student = await Api.as(page.request, WHO.student);
	const own = await student.get<Home>('/home');
	const { items } = await teacher.get<List<{ id: string; name: string }>>('/classes');
	const klass = items.find((c) => c.name === own.person.class_name)!;
	const me = await student.get<{ person_id: string; display_name: string }>('/me');
	return { teacher, student, klass, other: items.find((c) => c.id !== klass.id)!, me };
}
const given = async (api: Api, id: string) =>
	(await api.get<List<Given>>(`/classes/${id}/assignments`)).items;

test('a draft survives, reaches one pupil, is changed, copied and ended', async ({ page }) => {
	const { teacher, student, klass, other, me } = await ground(page);
	await signIn(page, WHO.teacher);
	const url = `/classes/${klass.id}/assignments`;
	await page.goto(url);
	await page.locator('[data-new]').click();
	const panel = page.locator('dialog[open]');
	await panel.locator('#a-kind').selectOption('quiz');
	await panel.locator('#a-to').selectOption('pupils');
	await panel.locator('[data-publish]').click();
	await expect(panel.locator('#a-to-error')).toBeVisible();
	await panel.getByLabel(me.display_name, { exact: true }).check();
	await expect(panel.locator('[data-count="1"]')).toBeVisible();
	await panel.locator('#a-attempts').selectOption({ index: 2 });
	// The last skill is the one that the demo's pupil has not passed.
	await panel.locator('#a-course').selectOption('self_protection-thcs');
	await expect(panel.locator('[data-saved="true"]')).toBeVisible();
	await clean(page, 'the builder');
	// The browser is closed in the middle of it: nothing is lost.
	await page.waitForTimeout(400);
	await page.reload();
	await page.locator('[data-resume]').click();
	await expect(panel.locator('#a-kind')).toHaveValue('quiz');
	await expect(panel.getByLabel(me.display_name, { exact: true })).toBeChecked();
	await panel.locator('#a-due').fill('2020-01-01');
	await panel.locator('[data-publish]').click();
	await expect(panel.locator('#a-due-error')).toBeVisible();
	const week = new Date(Date.now() + 7 * 24 * 3600_000 + 7 * 3600_000).toISOString().slice(0, 10);
	await panel.locator('#a-due').fill(week);
	const before = await given(teacher, klass.id);
	await panel.locator('[data-publish]').click();
	await expect(page.locator('.page > .note.ok')).toBeVisible();
	await expect(page.locator('[data-resume]')).toHaveCount(0);
	const made = (await given(teacher, klass.id)).find((a) => !before.some((b) => b.id === a.id))!;
	expect(made).toMatchObject({ kind: 'quiz', total: 1, due_at: `${week}T16:59:00Z` });
	const seen = (await student.get<Home>('/home')).assignments.find((a) => a.id === made.id);
	expect(seen).toMatchObject({ attempts_left: 2 });

	await page.locator(`[data-assignment="${made.id}"] [data-edit]`).click();
	await panel.locator('#a-to').selectOption('class');
	await panel.locator('[data-publish]').click();
	await expect(page.locator('.page > .note.ok')).toBeVisible();
	await expect
		.poll(async () => (await given(teacher, klass.id)).find((a) => a.id === made.id)!.total)
		.toBeGreaterThan(1);
	await page.locator(`[data-assignment="${made.id}"] [data-copy]`).click();
	await panel.locator(`input[value="${other.id}"]`).check();
	const there = (await given(teacher, other.id)).length;
	await panel.locator('.btn.primary').click();
	await expect(panel).toHaveCount(0);
	expect((await given(teacher, other.id)).length).toBe(there + 1);

	await page.locator(`[data-assignment="${made.id}"] [data-end]`).click();
	await panel.locator('[data-yes]').click();
	await expect(panel).toHaveCount(0);
	// Who has not done it is on the catch-up list; one tap asks exactly these again.
	const line = page.locator(`article[data-catch="${made.id}"]`);
	await expect(line).toBeVisible();
	const names = await line.locator('.names li').count();
	await line.locator('[data-again]').click();
	await expect(line.locator('[data-again]')).toHaveCount(0);
	const again = (await given(teacher, klass.id)).find(
		(a) => a.recipients.to === 'pupils' && a.kind === 'quiz' && a.id !== made.id
	)!;
	expect(again.recipients.person_ids.length).toBe(names);
	await clean(page, 'assignments');
});

test('a group is made, and marked pupils of the board become recipients', async ({ page }) => {
	const { teacher, klass, me } = await ground(page);
	await signIn(page, WHO.teacher);
	await page.goto(`/classes/${klass.id}/assignments`);
	await page.locator('[data-new-group]').click();
	const panel = page.locator('dialog[open]');
	await panel.locator('.btn.primary').click();
	await expect(panel.locator('#group-name-error')).toBeVisible();
	await panel.locator('#group-name').fill('Nhóm Bình Minh');
	await panel.getByLabel(me.display_name, { exact: true }).check();
	await panel.locator('.btn.primary').click();
	await expect(page.locator('[data-group]', { hasText: 'Nhóm Bình Minh' })).toBeVisible();
	const { items } = await teacher.get<List<{ name: string; person_ids: string[] }>>(
		`/classes/${klass.id}/groups`
	);
	expect(items.find((g) => g.name === 'Nhóm Bình Minh')!.person_ids).toEqual([me.person_id]);

	await page.goto(`/classes/${klass.id}`);
	const rows = page.locator('[role="row"] > .mark');
	await rows.nth(1).click();
	await rows.nth(2).click();
	await page.locator('[data-assign-marked]').click();
	await expect(panel.locator('[data-count="2"]')).toBeVisible();
	await expect(panel.locator('#a-to')).toHaveValue('pupils');
	await panel.getByRole('button', { name: 'Bỏ bản nháp' }).click();
	await expect(page.locator('[data-resume]')).toHaveCount(0);
});

test('the pupil sees what is asked, in plain words', async ({ page }) => {
	await signIn(page, WHO.student);
	await expect(page.locator('[data-assignment]').first()).toBeVisible();
	await expect(page.locator('[data-left]').first()).toContainText('lượt');
	await clean(page, 'home with assignments');
});
