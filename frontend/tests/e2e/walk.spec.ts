// A team's walk: the first list of 500 households on a slow line, a day without a network, a slip,
// a reply that is lost, and visits of a member who was taken out meanwhile.
import { expect, test, type APIRequestContext, type Page } from '@playwright/test';
import { Api, PASSWORD, signIn, WHO } from './kit.ts';
import { Device } from './line.ts';

const COMMUNE = process.env.E2E_COMMUNE ?? '06685';
const CAMPAIGN = '019a0000-0000-7000-8000-00000000a1ce';
const AT = `/campaigns/${CAMPAIGN}`;
const HOUSEHOLDS = 520;
/** Slow 3G as browsers' tools mean it: 400 kbit/s, 400 ms there and back. */
const KILOBITS = 400;
const ROUND_TRIP = 400;
interface Board {
	visits: number;
	refused: number;
	waiting: number;
	outcomes: Record<string, number>;
}
interface Door {
	id: string;
	slip: string;
}
const day = (n: number) =>
	new Date(Date.now() + n * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 10);

/** A village of its own with so many households: nobody else's figures are touched. */
async function village(request: APIRequestContext): Promise<string> {
	const dept = await Api.as(request, WHO.dept);
	const name = 'Khe Đi Bộ';
	const body = { commune_code: COMMUNE, kind: 'thon', name, valid_from: day(-30) };
	const { code } = await dept.call<{ code: string }>('POST', '/villages', body);
	const rows = Array.from({ length: HOUSEHOLDS }, (_, n) => `DB${n},${code},Nguyễn Thị Đi Bộ`);
	const csv = ['Mã hộ,Mã thôn,Chủ hộ', ...rows].join('\n');
	const sent = await request.post('/api/v1/household-registers', {
		headers: { Authorization: `Bearer ${dept.bearer}` },
		multipart: {
			file: { name: 'so-ho.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) },
			source: 'Sổ hộ thôn Khe Đi Bộ',
			as_of: day(0)
		}
	});
	expect(sent.ok(), await sent.text()).toBe(true);
	return code;
}
async function prepared(request: APIRequestContext): Promise<Api> {
	const officer = await Api.as(request, WHO.officer);
	const code = await village(request);
	await officer.call('POST', '/campaigns', {
		id: CAMPAIGN,
		area_code: COMMUNE,
		name: 'Đợt đi bộ',
		starts_on: day(-2),
		ends_on: day(8),
		target: HOUSEHOLDS,
		hotline: '0203 123 456'
	});
	await post(officer, code);
	const slips = await request.fetch(`/api/v1${AT}/slips`, {
		method: 'POST',
		headers: { Authorization: `Bearer ${officer.bearer}` },
		data: { villages: [code] }
	});
	expect((await slips.body()).subarray(0, 5).toString()).toBe('%PDF-');
	return officer;
}
async function members(officer: Api): Promise<string> {
	const { items } = await officer.get<{ items: { account_id: string }[] }>(`${AT}/members`);
	return items[0]!.account_id;
}
const post = async (officer: Api, code: string) =>
	officer.call('PUT', `${AT}/members`, {
		account_id: await members(officer),
		team: 'Tổ đi bộ',
		villages: [code]
	});

async function record(page: Page, ...words: string[]): Promise<void> {
	for (const word of words)
		await page.locator('dialog .results .btn', { hasText: word }).first().click();
	await page.locator('dialog button.block').click();
	await expect(page.locator('dialog')).toHaveCount(0);
}
async function first(page: Page): Promise<string> {
	const door = page.locator('.doors li').first();
	const id = (await door.getAttribute('data-door'))!;
	await door.locator('.door').click();
	return id;
}
const queue = (page: Page, n: number) => expect(page.locator(`[data-queue="${n}"]`)).toBeVisible();

test('500 households on slow 3G, then a day without a network', async ({ request }) => {
	const officer = await prepared(request);
	const member = await Api.as(request, WHO.team);
	const doors = (await member.get<{ items: { doors: Door[] }[] }>('/me/rounds')).items[0]!.doors;
	expect(doors).toHaveLength(500);
	const board = () => officer.get<Board>(AT);
	const device = new Device();
	try {
		let page = await device.open();
		device.cable.slow(KILOBITS, ROUND_TRIP);
		// As whoever scans a slip at a door: the code is still there after signing in.
		await page.goto(`/visits#${doors[6]!.slip}`);
		await page.locator('#username').fill(WHO.team);
		await page.locator('#password').fill(PASSWORD);
		const from = Date.now();
		await page.locator('form button.primary').click();
		await expect(page).not.toHaveURL(/\/login/);
		await page.locator('.doors li').first().waitFor();
		const seconds = (Date.now() - from) / 1000;
		const bytes = device.cable.received;
		console.log(
			`list of 500: ${seconds.toFixed(1)} s, ${(bytes / 1000).toFixed(0)} kB on the line`
		);
		expect(seconds).toBeLessThan(20);
		expect(bytes).toBeLessThan(1_000_000);
		await expect(page.locator('dialog[open]'), 'the door of the slip').toBeVisible();
		await page.keyboard.press('Escape');
		device.cable.fast();
		await expect(page.locator('[data-keeps="true"]')).toBeVisible({ timeout: 60_000 });
		console.log(`ready to leave: ${(device.cable.received / 1000).toFixed(0)} kB on the line`);
		expect(device.cable.received).toBeLessThan(1_000_000);

		await device.cable.cut(page);
		await page.goto(`/visits#${doors[7]!.slip}`);
		await record(page, 'Đã gặp', 'Đã hướng dẫn');
		const away = await first(page);
		await record(page, 'Vắng');
		await first(page);
		await record(page, 'Từ chối');
		await queue(page, 3);

		page = await device.restart();
		await page.goto('/visits');
		await queue(page, 3);
		expect((await board()).visits).toBe(0);
		device.cable.lose(/^POST .*\/visits/, 'reply', 1);
		await device.cable.mend(page);
		await expect.poll(() => device.cable.lost).toBe(1);
		await page.locator('.sync button').click();
		await queue(page, 0);
		const want = { taught: 1, not_home: 1, refused: 1 };
		expect(await board(), 'sent twice, each is one').toMatchObject({ visits: 3, outcomes: want });

		// Tomorrow morning whoever was not at home comes first.
		await page.clock.setFixedTime(Date.now() + 86_400_000);
		await page.reload();
		const top = page.locator('.doors li').first();
		await expect(top).toHaveAttribute('data-stand', 'top');
		await expect(top).toHaveAttribute('data-door', away);
		await page.clock.setFixedTime(Date.now());
		await page.reload();
		await expect(page.locator('.doors li').first()).toBeVisible();

		// Taken out of the team while without a network: nothing is lost, and the phone says so.
		await device.cable.cut(page);
		await first(page);
		await record(page, 'Đã gặp', 'Đã hướng dẫn');
		await queue(page, 1);
		await officer.call('DELETE', `${AT}/members/${await members(officer)}`);
		await device.cable.mend(page);
		await queue(page, 0);
		await expect(page.locator('[data-kept="1"]')).toBeVisible();
		expect(await board()).toMatchObject({ visits: 3, refused: 1, waiting: 1 });
	} finally {
		await device.end();
	}
});

test('the officer lets the late visit count and ends the campaign', async ({ page, request }) => {
	await signIn(page, WHO.officer);
	await page.goto(AT);
	await page.locator('[data-kept="waiting"] button').first().click();
	await expect(page.locator('[data-kept="accepted"]')).toBeVisible();
	await page.locator('button', { hasText: 'Sửa hoặc kết thúc đợt' }).click();
	await page.locator('dialog .btn.danger').click();
	await expect(page.locator('.note', { hasText: 'Kết thúc sớm' })).toBeVisible();
	await page.locator('summary', { hasText: 'Lịch sử của đợt' }).click();
	await expect(page.locator('details ol')).toContainText('Kết thúc sớm');
	const officer = await Api.as(request, WHO.officer);
	expect(await officer.get<Board>(AT)).toMatchObject({ visits: 4, refused: 0, waiting: 0 });
	const { items } = await officer.get<{ items: { household_id: string }[] }>(`${AT}/kept-visits`);
	await page.goto(`/households/${items[0]!.household_id}`);
	await expect(page.locator('section[aria-labelledby="visits"]')).toContainText('Tổ đi bộ');
});
