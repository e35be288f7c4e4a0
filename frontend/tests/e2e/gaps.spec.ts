// What closes the gaps between the rooms: a bank's questions as practice, and what follows from it.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { clean } from './axe.ts';
import { Api, PASSWORD, signIn, WHO } from './kit.ts';

const SHOTS = process.env.GAPS_SHOTS;
const GIFT = `::Mật khẩu::Mật khẩu nào khó đoán nhất?{
	=mua-xuan-tren-ban-cao
	~123456#Ai cũng thử dãy này trước.
	####Càng dài, càng lạ thì càng khó đoán.
}

::OTP::Đọc mã OTP cho bạn thân là an toàn.{FALSE#Mã chỉ dành cho em.}

// [tag:nhaso:use=quiz]
::Kín::Câu này để kiểm tra?{=a ~b#c}
`;

test('questions of a bank: given, practised without a network, seen by the teacher', async ({
	page,
	browser
}) => {
	const api = await Api.as(page.request, WHO.teacher);
	const pupil = await Api.as(page.request, WHO.student);
	const home = await pupil.get<{ person: { class_name: string } }>('/home');
	const me = await pupil.get<{ display_name: string }>('/me');
	const { items } = await api.get<{ items: { id: string; name: string }[] }>('/classes');
	const klass = items.find((c) => c.name === home.person.class_name)!;

	await signIn(page, WHO.teacher);
	const name = `Luyện tập ${Date.now()}`;
	await page.goto('/banks');
	await page
		.locator('#file')
		.setInputFiles({ name: 'x.txt', mimeType: 'text/plain', buffer: Buffer.from(GIFT) });
	await page.locator('#name').fill(name);
	await page.locator('form button.primary').click();
	await page.locator('[data-result] a.btn').click();
	await expect(page.locator('main h1')).toHaveText(name);
	await page.locator('details.card summary').first().click();
	await page.getByLabel('Lớp', { exact: true }).selectOption(klass.id);
	await page.locator('[data-give]').click();

	const panel = page.locator('dialog[open]');
	await expect(panel.locator('#a-kind')).toHaveValue('bank');
	await expect(panel.locator('#a-bank option:checked')).toContainText(name);
	const boxes = panel.locator('fieldset input[type=checkbox]');
	await expect(boxes).toHaveCount(3);
	await expect(boxes.nth(2)).toBeDisabled();
	await expect(panel).toContainText('không giao được: dành cho bài kiểm tra');
	await panel.locator('[data-publish]').click();
	await expect(panel.locator('#bank-parts-error')).toBeVisible();
	await panel.locator('[data-all]').click();
	await expect(panel.locator('legend')).toContainText('đã chọn 2');
	await panel.locator('#a-to').selectOption('pupils');
	await panel.getByLabel(me.display_name, { exact: true }).check();
	await clean(page, 'choosing questions of a bank');
	if (SHOTS) await page.screenshot({ path: `${SHOTS}/bank-builder.png` });
	await panel.locator('[data-publish]').click();
	const card = page.locator('article', { hasText: name });
	await expect(card).toContainText('Câu hỏi của trường (luyện tập)');

	const phone = await browser.newContext({ viewport: { width: 360, height: 640 } });
	const mine = await phone.newPage();
	await signIn(mine, WHO.student);
	await mine.locator('[data-assignment]', { hasText: name }).click();
	await expect(mine.locator('h1')).toHaveText(name);
	await expect(mine.locator('[data-right="0"]')).toBeVisible();
	await expect(mine.locator('[data-here]')).toBeVisible();
	await mine.locator('[data-option="123456"]').check();
	await mine.locator('form button.primary').click();
	await expect(mine.locator('.verdict, fieldset').first()).toBeVisible();
	await expect(mine.locator('form')).toContainText('Ai cũng thử dãy này trước.');
	await clean(mine, 'a question of a bank');
	if (SHOTS) await mine.screenshot({ path: `${SHOTS}/task-360.png`, fullPage: true });
	await mine.locator('[data-option="mua-xuan-tren-ban-cao"]').check();
	await mine.locator('form button.primary').click();
	await expect(mine.locator('[data-right="1"]')).toBeVisible();

	await phone.setOffline(true);
	await mine.locator('[data-next]').click();
	await mine.locator('input[data-verdict="false"]').check();
	await mine.locator('form button.primary').click();
	await expect(mine.locator('[data-right="2"]')).toBeVisible();
	await mine.locator('[data-next]').click();
	await expect(mine.locator('[data-over] h2')).toHaveText('Em đã làm đúng tất cả!');
	if (SHOTS) await mine.screenshot({ path: `${SHOTS}/task-over-360.png`, fullPage: true });
	await phone.setOffline(false);

	const given = await api.get<{ items: { id: string; title: string; done: number }[] }>(
		`/classes/${klass.id}/assignments`
	);
	const id = given.items.find((a) => a.title === name)!.id;
	await expect
		.poll(async () => {
			const all = await api.get<{ pupils: { tries: number; right: number }[] }>(
				`/assignments/${id}/practice-results`
			);
			return all.pupils.map((p) => [p.right, p.tries]);
		})
		.toEqual([[2, 3]]);
	await phone.close();

	await card.locator('[data-results]').click();
	const row = page.locator('dialog[open] [data-pupil]');
	await expect(row).toContainText(me.display_name);
	await expect(row).toContainText('2/2');
	await clean(page, 'what was practised');
	if (SHOTS) await page.screenshot({ path: `${SHOTS}/bank-results.png` });
	await api.call('DELETE', `/assignments/${id}`);
});

test('a module teacher of one course opens and sees this course alone', async ({
	page,
	browser
}) => {
	const api = await Api.as(page.request, WHO.teacher);
	const { items } = await api.get<{ items: { id: string; name: string }[] }>('/classes');
	const klass = items.at(-1)!;
	const school = await Api.as(page.request, WHO.school);
	const me = await school.get<{ roles: { role: string; scope_id: string }[] }>('/me');
	const at = `/schools/${me.roles.find((r) => r.role === 'school_admin')!.scope_id}`;
	const who = randomUUID();
	const name = `Lê Thị Mô Đun ${Date.now() % 10_000}`;
	const row = { id: who, name, role: 'invigilator', classes: klass.name, last_day: '' };
	const cards = await school.call<{ items: { username: string; temporary_password: string }[] }>(
		'POST',
		`${at}/staff-invitations`,
		{ rows: [row] }
	);
	// The role of the invitation ends; the one for a course is given on the page.
	await signIn(page, WHO.school);
	await page.goto('/school/staff');
	const card = page.locator('[data-staff]', { hasText: name });
	await card.getByRole('button', { name: 'Phân công' }).click();
	const panel = page.locator('dialog[open]');
	await panel.getByLabel('Lớp', { exact: true }).selectOption({ label: klass.name });
	await panel.getByLabel('Khóa', { exact: true }).selectOption('self_protection-thcs');
	await clean(page, 'a role for one course');
	if (SHOTS) await page.screenshot({ path: `${SHOTS}/delegate.png` });
	await panel.locator('button.primary').click();
	await expect(card).toContainText('Tự bảo vệ');
	const staff = await school.get<{
		items: { account_id: string; roles: { id: string; role: string }[] }[];
	}>(`${at}/staff`);
	const guard = staff.items
		.find((one) => one.account_id === who)!
		.roles.find((r) => r.role === 'invigilator')!;
	await school.call('DELETE', `${at}/staff-roles/${guard.id}`);

	const phone = await browser.newContext({ viewport: { width: 360, height: 640 } });
	const theirs = await phone.newPage();
	const { username, temporary_password } = cards.items[0]!;
	const first = await phone.request.post('/api/v1/sessions', {
		data: { username, password: temporary_password, cookies: false }
	});
	const { access_token } = (await first.json()) as { access_token: string };
	const changed = await phone.request.put('/api/v1/me/password', {
		headers: { Authorization: `Bearer ${access_token}` },
		data: { current: temporary_password, new: 'mot khoa thoi nhe' }
	});
	expect(changed.ok(), await changed.text()).toBe(true);
	await signIn(theirs, username, 'mot khoa thoi nhe');
	await theirs.goto('/classes');
	await expect(theirs.locator('[data-limited]')).toContainText('Tự bảo vệ');
	await expect(theirs.locator('li.card')).toHaveCount(1);
	await clean(theirs, 'the classes of a module teacher');
	if (SHOTS) await theirs.screenshot({ path: `${SHOTS}/limited-360.png`, fullPage: true });
	await theirs.goto(`/classes/${klass.id}`);
	await expect(theirs.locator('[role=grid]')).toBeVisible();
	await expect(theirs.locator('nav.tabs a')).toHaveText(['Bảng lớp', 'Giao bài']);
	await theirs.locator('nav.tabs a').last().click();
	await theirs.locator('[data-new]').click();
	await expect(theirs.locator('dialog[open] #a-course option')).toHaveCount(1);
	await phone.close();
	await school.call('POST', `${at}/staff/${who}/leaving`, {});
});

test('a record is printed', async ({ page }) => {
	const api = await Api.as(page.request, WHO.teacher);
	const { items } = await api.get<{ items: { id: string }[] }>('/classes');
	const id = items[0]!.id;
	const board = await api.get<{ students: { person_id: string }[] }>(`/classes/${id}/board`);
	const path = `/classes/${id}/students/${board.students[0]!.person_id}/record-exports`;
	const token = await page.request.post('/api/v1/sessions', {
		data: { username: WHO.teacher, password: PASSWORD, cookies: false }
	});
	const { access_token } = (await token.json()) as { access_token: string };
	const reply = await page.request.post(`/api/v1${path}`, {
		headers: { Authorization: `Bearer ${access_token}` },
		data: { id: randomUUID(), format: 'pdf' }
	});
	expect(reply.headers()['content-type']).toContain('pdf');
	expect((await reply.body()).subarray(0, 5).toString()).toBe('%PDF-');
});
