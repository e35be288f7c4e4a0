// A lesson without the internet, whole: a class of forty on one laptop that dies once and whose
// room loses its network twice, then its results on the way home by file and by network.
// Six pupils use the app in a browser each; the other thirty-four are the same requests without
// one, because forty browsers would measure the two processors of a test machine, not the product.
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { clean, cleanInTheDark } from './axe.ts';
import { Api, PASSWORD, solve, WHO, fits } from './kit.ts';
import {
	Ledger,
	Machine,
	newId,
	pause,
	Phone,
	type Attempt,
	type Safety
} from './kit-classroom.ts';
import { Cable } from './line.ts';

const SHOTS = process.env.E2E_SAFETY_SHOTS;
const PUPILS = 40;
const BROWSERS = 6;
const COURSE = 'self_protection-thcs';
const PIN = '4812';
const COMMUNE = '06685';

interface Name {
	person_id: string;
	name: string;
}
interface List<T> {
	items: T[];
}
interface Row {
	person_id: string;
	state: string;
	percent: number | null;
	passed: boolean | null;
	late: boolean;
}
interface Pushed {
	waiting: number;
}

let province: Machine;
let laptop: Machine;
/** Between the phones and the laptop, and between the laptop and the province. */
let room: Cable;
let road: Cable;

test.beforeAll(async () => {
	test.setTimeout(120_000);
	[province, laptop] = await Promise.all([
		Machine.start('demo', '--no-history', '--households', '1200', '--pupils', String(PUPILS)),
		Machine.start('classroom')
	]);
	room = await Cable.lay(laptop.url);
	road = await Cable.lay(province.url);
});
test.afterAll(async () => {
	await Promise.all([room?.end(), road?.end()]);
	await Promise.all([province?.end(), laptop?.end()]);
});

/** Everything on the province that a batch may change, and a repeat must not. */
async function figures(home: Api, officer: Api, klass: string, session: string) {
	const [board, results, coverage, verify] = [
		await home.get<unknown>(`/classes/${klass}/board`),
		await home.get<unknown>(`/lesson-sessions/${session}/results`),
		await officer.get<{ covered: number }>(`/areas/${COMMUNE}/coverage`),
		await province.command<{ differences: number }>('coverage', 'verify')
	];
	expect(verify.differences).toBe(0);
	// When it was counted, and how far the background has folded, are no results.
	return {
		...{ board, results },
		coverage: { ...coverage, counted_at: '' },
		ledger: { ...verify, batches: 0 }
	};
}
const rowsOf = async (api: Api, session: string) => {
	const found = await api.get<List<Row>>(`/lesson-sessions/${session}/results`);
	return found.items
		.map(({ person_id, state, percent, passed, late }) => ({
			person_id,
			state,
			percent,
			passed,
			late
		}))
		.sort((a, b) => (a.person_id < b.person_id ? -1 : 1));
};

/** Comes in by code, name and digits, and opens the quiz, as a pupil does. */
async function arrive(page: Page, code: string, person: string): Promise<string> {
	await page.goto('/join');
	await page.locator('#wall-code').fill(code);
	await page.locator('form .btn.primary').click();
	await page.locator(`button[data-name="${person}"]`).click();
	await page.locator('#pin').fill(PIN);
	await page.waitForURL(/\/home$/, { timeout: 60_000 });
	await page.goto(`/skills/${COURSE}`);
	await page.locator('section[aria-labelledby="quiz"] button.btn').click();
	await page.waitForURL(/\/quizzes\//, { timeout: 60_000 });
	await expect(page.locator('.stage fieldset[data-question]')).toBeVisible();
	return page.url().split('/').pop()!;
}
/** Answers all questions from the n-th on; what cannot be sent is kept on the device. */
async function work(page: Page, from: number, to: number): Promise<void> {
	for (let n = from; n < to; n++) {
		await page.locator('nav.numbers li button').nth(n).click();
		await solve(page.locator('.stage'), COURSE);
		await expect(page.locator('.mine [data-save]')).toHaveAttribute('data-save', /saved|local/);
	}
}

test('forty pupils, one laptop, no internet: nothing acknowledged is lost, and all comes home once', async ({
	browser,
	playwright
}) => {
	// Alone it takes a minute and a half; a busy machine may take its time.
	test.setTimeout(420_000);
	const at = (baseURL: string) => playwright.request.newContext({ baseURL });
	const [onProvince, onLaptop] = [await at(province.url), await at(laptop.url)];
	// Two computers: cookies know a host and no port.
	const size = { viewport: { width: 1366, height: 768 } };
	const office = await (await browser.newContext(size)).newPage();
	const teacher = await (await browser.newContext(size)).newPage();
	const home = await Api.as(onProvince, WHO.teacher);
	const officer = await Api.as(onProvince, WHO.officer);
	const classes = await home.get<List<{ id: string; name: string }>>('/classes');
	const klass = classes.items.find((one) => one.name === '7A')!.id;

	// Results are the teacher's to release here: where everybody sees the right answers at
	// once, nobody's late ones are taken, and no phone is waited for.
	const given = await home.get<List<{ id: string; course_key: string }>>(
		`/classes/${klass}/assignments`
	);
	for (const one of given.items.filter((a) => a.course_key === COURSE))
		await home.call('DELETE', `/assignments/${one.id}`);

	await test.step('a laptop is enrolled by page, another from the command line', async () => {
		await signInAt(office, province.url);
		await office.goto(`${province.url}/laptops`);
		await office.locator('#laptop-name').fill('Máy cô Hà');
		await office.locator(`input[type=checkbox][value="${klass}"]`).check();
		await office.locator('section[aria-labelledby="add"] .btn.primary').click();
		const code = (await office.getByTestId('laptop-code').textContent())!;
		await teacher.goto(`${laptop.url}/classroom`);
		await expect(teacher.locator('#server')).toBeVisible();
		await clean(teacher, 'a laptop that is not enrolled');
		await teacher.locator('#server').fill(road.url);
		await teacher.locator('#code').fill(code);
		await teacher.locator('form .btn.primary').click();
		await expect(teacher.getByTestId('address')).toHaveText(laptop.url, { timeout: 60_000 });
		await clean(teacher, 'a laptop with its class');

		const other = await home.call<{ code: string }>('POST', '/laptops', {
			id: newId(),
			name: 'Máy dự phòng',
			class_ids: [klass]
		});
		const spare = await Machine.start('classroom');
		const loaded = await spare.command<{ pupils: number }>(
			...['classroom', 'enrol', '--server', road.url, '--code', other.code]
		);
		expect(loaded.pupils).toBe(PUPILS);
		const state = await spare.command<Safety>('classroom', 'status');
		expect(state.counts).toEqual({ never: PUPILS });
		await spare.end();
	});
	await road.cut(); // from here on there is no internet

	// The lesson is opened on the laptop itself.
	await signInAt(teacher, laptop.url);
	await teacher.goto(`${laptop.url}/classes`);
	await teacher.locator(`[data-open="${klass}"]`).click();
	await teacher.waitForURL(/\/sessions\/.+\/wall$/);
	const wall = teacher.locator('.wall .code');
	await expect(wall).toBeVisible();
	const code = (await wall.getAttribute('data-code'))!;
	const session = /\/sessions\/([^/]+)\//.exec(teacher.url())![1]!;
	const away = await Api.as(onLaptop, WHO.teacher);

	const lookup = await onLaptop.post('/api/v1/lesson-sign-in/lookup', { data: { code } });
	const { names } = (await lookup.json()) as { names: Name[] };
	expect(names).toHaveLength(PUPILS);
	const ha = await (await Api.as(onProvince, WHO.student)).get<{ person_id: string }>('/me');
	names.sort((a, b) => Number(b.person_id === ha.person_id) - Number(a.person_id === ha.person_id));

	const ledger = new Ledger();
	const attempts = new Map<string, string>(); // by person
	const contexts: BrowserContext[] = [];
	const pages: Page[] = [];
	const phones = names.slice(BROWSERS).map((n) => new Phone(room.url, n.person_id, n.name));

	await test.step('everybody comes in and begins', async () => {
		const wave = Promise.all(
			phones.map(async (phone) => {
				await phone.join(code, PIN);
				await phone.start(COURSE, session);
				attempts.set(phone.person, phone.attempt.id);
			})
		);
		for (const one of names.slice(0, BROWSERS)) {
			const context = await browser.newContext({
				baseURL: room.url,
				viewport: { width: 360, height: 640 }
			});
			const page = await context.newPage();
			await ledger.watch(page);
			attempts.set(one.person_id, await arrive(page, code, one.person_id));
			contexts.push(context);
			pages.push(page);
		}
		await wave;
	});
	const slots = phones[0]!.attempt.items.length;
	const middle = Math.ceil(slots / 2);

	await test.step('they answer; the laptop dies once, the room loses its network twice', async () => {
		const everybody = Promise.all([
			...phones.map(async (phone, i) => {
				// The last one's battery ends before the last two answers are sent.
				for (let n = 0; n < (phone === phones.at(-1) ? slots - 2 : slots); n++) {
					await pause(500 + ((i * 37) % 300)); // as thinking spreads them
					await phone.save(n, ledger);
				}
			}),
			...pages.map((page) => work(page, 0, middle))
		]);
		await pause(1500);
		await room.cut();
		await pause(1500);
		await room.mend();
		await pause(1500);
		await laptop.kill();
		await pause(500);
		await laptop.start();
		await pause(1500);
		await room.cut();
		await pause(1500);
		await room.mend();
		await everybody;
		expect(phones.reduce((n, phone) => n + phone.repeats, 0)).toBeGreaterThan(PUPILS);
	});

	// Two phones go out of reach with unsent answers, one of a browser, one without.
	const [lostPage, lostPhone] = [pages[BROWSERS - 1]!, phones.at(-1)!];
	const lost = [names[BROWSERS - 1]!, names.at(-1)!];
	await test.step('all but two hand in; those two stay out of reach', async () => {
		await contexts[BROWSERS - 1]!.setOffline(true);
		await work(lostPage, middle, slots);
		await Promise.all(
			pages.slice(0, -1).map(async (page) => {
				await work(page, middle, slots);
				await expect(page.locator('.top [data-save]').first()).toHaveAttribute(
					'data-save',
					'saved',
					{ timeout: 40_000 }
				);
				await page.locator('.foot .btn.primary').click();
				await page.locator('dialog[open] .btn.primary').click();
				await page.waitForURL(/\/results\//, { timeout: 60_000 });
			})
		);
		for (const phone of phones) if (phone !== lostPhone) await phone.submit();
	});

	await test.step('every answer that was acknowledged is on the laptop', async () => {
		expect(attempts.size).toBe(PUPILS);
		expect(ledger.count).toBeGreaterThan(34 * slots + 5 * middle);
		for (const phone of phones) expect(ledger.missing(await phone.kept()), phone.name).toEqual([]);
	});

	const safety = async () => away.get<Safety>('/classroom/status');
	await test.step('the teacher ends the lesson; two of forty are not safe, by name', async () => {
		await away.call('POST', `/lesson-sessions/${session}/closing`, {});
		const out = (await safety()).pupils.filter((p) => p.state === 'phone').map((p) => p.name);
		expect(out.sort()).toEqual(lost.map((one) => one.name).sort());
	});

	const before = await officer.get<{ covered: number }>(`/areas/${COMMUNE}/coverage`);
	const file = `${laptop.folder}/ket-qua.nhaso`;
	const receipts = `${laptop.folder}/bien-nhan.nhaso`;
	const brought = await test.step('home by file, twice', async () => {
		await laptop.command('classroom', 'export', file);
		await office.goto(`${province.url}/laptops`);
		const form = office.locator('section[aria-labelledby="bring"]');
		const report = office.getByTestId('results-report');
		for (const words of [/0 gói đã có từ trước/, /: 0 gói mới/]) {
			await form.locator('input[type=file]').setInputFiles(file);
			await form.locator('button[type=submit]').click();
			await expect(report).toContainText(words);
			await expect(form.locator('button[type=submit]')).toHaveAttribute('aria-disabled', 'false');
		}
		const once = await figures(home, officer, klass, session);
		// The pupil whose fifth skill this was: certificate, household, ledger, once.
		expect(once.coverage.covered).toBe(before.covered + 1);
		expect(await rowsOf(home, session)).toEqual(await rowsOf(away, session));
		const again = await province.command<{ new: number; again: number; batches: number }>(
			...['classroom', 'apply', file, '--receipts', receipts]
		);
		expect([again.new, again.again]).toEqual([0, again.batches]);
		expect(await figures(home, officer, klass, session)).toEqual(once);
		return once;
	});

	await test.step('home by network, twice: nothing changes; the page says 38 of 40', async () => {
		await road.mend();
		await teacher.goto(`${laptop.url}/classroom/safety`);
		const push = teacher.locator('.card .btn.primary');
		for (let n = 0; n < 2; n++) {
			await push.click();
			await expect(push).not.toHaveAttribute('aria-disabled', 'true');
		}
		await expect(teacher.getByTestId('safety')).toContainText(`38 trên ${PUPILS} em an toàn`);
		await expect(teacher.locator('tr[data-state="phone"] th')).toHaveCount(2);
		await clean(teacher, 'whose work is safe');
		await cleanInTheDark(teacher, 'whose work is safe');
		await teacher.setViewportSize({ width: 320, height: 640 });
		await fits(teacher, 'whose work is safe, at 320 px,');
		if (SHOTS) await teacher.screenshot({ path: `${SHOTS}/safety-320.png`, fullPage: true });
		await teacher.setViewportSize({ width: 1280, height: 720 });
		const shown = await teacher.locator('tr[data-state="phone"] th').allTextContents();
		expect(shown.sort()).toEqual(lost.map((one) => one.name).sort());
		for (let n = 0; n < 2; n++) await laptop.command('classroom', 'import-receipts', receipts);
		expect((await safety()).batches).toBe(0);
		expect(await figures(home, officer, klass, session)).toEqual(brought);
	});

	await test.step('every answer that was acknowledged is on the province, and no other', async () => {
		const cards = await home.get<List<{ person_id: string; username: string }>>(
			`/classes/${klass}/sign-in-cards`
		);
		for (const { person_id, username } of cards.items) {
			const pupil = await Api.as(onProvince, username);
			const kept = await pupil.get<Attempt>(`/attempts/${attempts.get(person_id)}`);
			expect(ledger.missing(kept), username).toEqual([]);
		}
	});
	await test.step('the two phones come back: forty of forty', async () => {
		const cards = await away.get<List<{ person_id: string; username: string }>>(
			`/classes/${klass}/sign-in-cards`
		);
		const username = (person: string) => cards.items.find((c) => c.person_id === person)!.username;
		await lostPhone.signIn(username(lostPhone.person), PASSWORD);
		await lostPhone.handInLate(slots - 2);
		await contexts[BROWSERS - 1]!.setOffline(false);
		await signInAt(lostPage, room.url, username(lost[0]!.person_id));
		await expect.poll(async () => (await safety()).counts.phone ?? 0, { timeout: 60_000 }).toBe(0);
		await expect
			.poll(async () => (await away.call<Pushed>('POST', '/classroom/push')).waiting)
			.toBe(0);
		expect((await safety()).safe).toBe(PUPILS);
		expect(await rowsOf(home, session)).toEqual(await rowsOf(away, session));
		const late = (await rowsOf(home, session)).filter((row) => row.late);
		expect(late.map((row) => row.person_id).sort()).toEqual(
			lost.map((one) => one.person_id).sort()
		);
	});
	for (const context of browser.contexts()) await context.close();
	await Promise.all([onProvince.dispose(), onLaptop.dispose()]);
});

async function signInAt(page: Page, url: string, username = WHO.teacher): Promise<void> {
	await page.goto(`${url}/login`);
	await page.locator('#username').fill(username);
	await page.locator('#password').fill(PASSWORD);
	await page.locator('form button.primary').click();
	await expect(page).not.toHaveURL(/\/login/);
}
