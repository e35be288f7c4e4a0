// What the browser specs share: signing in, the API as one user, answering with the oracle.
import { readFileSync } from 'node:fs';
import { expect, type APIRequestContext, type Locator, type Page } from '@playwright/test';

export const PASSWORD = process.env.E2E_PASSWORD ?? 'HaLong-2026';
/** The demo's accounts, one per role; a name may be overridden by the environment. */
export const WHO = {
	student: process.env.E2E_STUDENT ?? 'hocsinh',
	teacher: process.env.E2E_TEACHER ?? 'giaovien',
	school: process.env.E2E_SCHOOL ?? 'truong',
	officer: process.env.E2E_OFFICER ?? 'canbo',
	team: process.env.E2E_TEAM ?? 'tocongnghe',
	dept: process.env.E2E_DEPT ?? 'sogiaoduc',
	admin: process.env.E2E_ADMIN ?? 'admin'
};

/** Signs in through the page, as a person does. */
export async function signIn(page: Page, username: string, password = PASSWORD): Promise<void> {
	await page.goto('/login');
	await page.locator('#username').fill(username);
	await page.locator('#password').fill(password);
	await page.locator('form button.primary').click();
	await expect(page).not.toHaveURL(/\/login/);
	await expect(page.locator('main h1').first()).toBeVisible();
}

/** Nothing sticks out at the side; the bar folds itself a frame after the screen has changed. */
export async function fits(page: Page, what: string): Promise<void> {
	const over = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
	await expect
		.poll(() => page.evaluate(over), { message: `${what} scrolls sideways`, timeout: 3000 })
		.toBeLessThanOrEqual(0);
}

/** The API as one account, for what a spec prepares or reads back. */
export class Api {
	readonly #request: APIRequestContext;
	readonly #token: string;
	private constructor(request: APIRequestContext, token: string) {
		this.#request = request;
		this.#token = token;
	}
	static async as(request: APIRequestContext, username: string, password = PASSWORD): Promise<Api> {
		const reply = await request.post('/api/v1/sessions', {
			data: { username, password, cookies: false }
		});
		expect(reply.status(), `sign-in of ${username}`).toBe(200);
		const { access_token } = (await reply.json()) as { access_token: string };
		return new Api(request, access_token);
	}
	/** For requests that this class does not make, such as files. */
	get bearer(): string {
		return this.#token;
	}
	async call<T>(method: string, path: string, data?: unknown): Promise<T> {
		const reply = await this.#request.fetch(`/api/v1${path}`, {
			method,
			headers: { Authorization: `Bearer ${this.#token}` },
			...(data === undefined ? {} : { data })
		});
		const text = await reply.text();
		expect(reply.ok(), `${method} ${path}: ${reply.status()} ${text.slice(0, 300)}`).toBe(true);
		return (text ? JSON.parse(text) : undefined) as T;
	}
	get<T>(path: string): Promise<T> {
		return this.call<T>('GET', path);
	}
}

/** Hands in what a pupil still has open: one quiz at a time, and none while practising. */
export async function submitOpen(api: Api): Promise<void> {
	const { items } = await api.get<{ items: { id: string; state: string }[] }>('/me/attempts');
	for (const attempt of items.filter((item) => item.state === 'open'))
		await api.call('POST', `/attempts/${attempt.id}/submission`, {});
}

/** Begins a trial quiz of a skill, the first there is; outside a lesson it counts for nothing. */
export async function startTrial(
	page: Page,
	api: Api,
	skill?: string
): Promise<{ id: string; course: string }> {
	await submitOpen(api);
	const home = await api.get<{ skills: { skill: string; course_key: string; state: string }[] }>(
		'/home'
	);
	const course = home.skills.find(
		(s) => s.state !== 'not_available' && (!skill || s.skill === skill)
	)!.course_key;
	await page.goto(`/skills/${course}`);
	await page.locator('section[aria-labelledby="quiz"] button.btn').click();
	await page.waitForURL(/\/quizzes\//);
	return { id: page.url().split('/').pop()!, course };
}
interface Answer {
	kind: string;
	texts?: string[];
	verdict?: boolean;
	pairs?: Record<string, string>;
	spots?: string[];
}
/** By course, then by question; under "scenarios" by course, then by scenario. */
type Oracle = Record<string, Record<string, unknown>>;
let oracle: Oracle | null = null;
function readOracle(): Oracle {
	const file = process.env.E2E_ORACLE;
	if (!file) throw new Error('E2E_ORACLE must name the oracle file of the demo');
	oracle ??= JSON.parse(readFileSync(file, 'utf8')) as Oracle;
	return oracle;
}

/** The authors' example logs of a scenario; solutions pass, failures do not. */
export interface ScenarioLogs {
	variants: string[];
	solutions: { variant: string; log: string[] }[];
	failures: { variant: string; log: string[]; expect: string }[];
}
export function scenarioLogs(course: string, scenario: string): ScenarioLogs {
	const of = readOracle().scenarios?.[course] as Record<string, ScenarioLogs> | undefined;
	const found = of?.[scenario];
	if (!found) throw new Error(`the oracle has no logs for ${course}/${scenario}`);
	return found;
}
/** The right answer in the words on screen; no server ever sends it (E2E_ORACLE names the file). */
export function answerOf(course: string, question: string): Answer {
	const found = readOracle()[course]?.[question] as Answer | undefined;
	if (!found) throw new Error(`the oracle has no answer for ${course}/${question}`);
	return found;
}

const words = (text: string | null) => (text ?? '').replace(/\s+/g, ' ').trim();
/** The part of a question whose data attribute carries exactly this text. */
async function part(scope: Locator, attribute: string, text: string): Promise<Locator> {
	const all = await scope.locator(`[${attribute}]`).all();
	for (const item of all) {
		if (words(await item.getAttribute(attribute)) === words(text)) return item;
	}
	throw new Error(`no ${attribute} with the text "${text}"`);
}

/** Answers the question on screen rightly, by the same clicks a pupil makes. */
export async function solve(scope: Locator, course: string): Promise<void> {
	const box = scope.locator('fieldset[data-question]');
	const key = (await box.getAttribute('data-question')) ?? '';
	const answer = answerOf(course, key);
	switch (answer.kind) {
		case 'single':
		case 'multiple':
			for (const text of answer.texts ?? []) await (await part(box, 'data-option', text)).check();
			break;
		case 'true_false':
			await box.locator(`input[data-verdict="${String(answer.verdict)}"]`).check();
			for (const text of answer.texts ?? []) await (await part(box, 'data-option', text)).check();
			break;
		case 'order':
			await putInOrder(box, answer.texts ?? []);
			break;
		case 'match':
			for (const [left, right] of Object.entries(answer.pairs ?? {})) {
				const row = await part(box, 'data-left', left);
				await row.locator('button.answer').click();
				await (await part(row, 'data-right', right)).click();
			}
			break;
		case 'spot':
			for (const text of answer.spots ?? []) await (await part(box, 'data-option', text)).click();
			break;
		default:
			throw new Error(`unknown kind ${answer.kind}`);
	}
}
async function putInOrder(box: Locator, texts: string[]): Promise<void> {
	for (let place = 0; place < texts.length; place++) {
		for (let guard = 0; guard < 20; guard++) {
			const shown = await box
				.locator('li[data-option]')
				.evaluateAll((list) => list.map((li) => li.getAttribute('data-option') ?? ''));
			const at = shown.findIndex((text) => words(text) === words(texts[place] ?? ''));
			if (at < 0) throw new Error(`no item "${texts[place]}"`);
			if (at === place) break;
			await box.locator('li[data-option]').nth(at).locator('button.up').click();
		}
	}
	await box.locator('button.keep').click();
}

/** Walks through every question of the open quiz, answers rightly, and submits. */
export async function passQuiz(page: Page, course: string): Promise<void> {
	const stage = page.locator('.stage');
	await expect(stage.locator('fieldset[data-question]')).toBeVisible();
	const total = await page.locator('nav.numbers li').count();
	for (let n = 0; n < total; n++) {
		await page.locator('nav.numbers li button').nth(n).click();
		await expect(page.locator('nav.numbers li button').nth(n)).toHaveAttribute(
			'aria-current',
			'step'
		);
		await solve(stage, course);
		await expect(page.locator('.mine [data-save]')).toHaveAttribute('data-save', 'saved');
	}
	await page.locator('.foot .btn.primary').click();
	await page.locator('dialog[open] .btn.primary').click();
	await page.waitForURL(/\/results\//);
}

/** Somebody of the demo who holds a valid certificate. */
export async function certifiedPupil(request: APIRequestContext): Promise<string> {
	const teacher = await Api.as(request, WHO.teacher);
	const admin = await Api.as(request, WHO.admin);
	const { items } = await teacher.get<{ items: { id: string }[] }>('/classes');
	for (const { id } of items) {
		const board = await teacher.get<{
			students: { person_id: string; name: string; certificate: { status: string } | null }[];
		}>(`/classes/${id}/board`);
		for (const one of board.students.filter((s) => s.certificate?.status === 'valid')) {
			const found = await admin.get<{
				items: { username: string; person_id: string | null }[];
			}>(`/accounts?q=${encodeURIComponent(one.name)}&limit=100`);
			const account = found.items.find((item) => item.person_id === one.person_id);
			if (account) return account.username;
		}
	}
	throw new Error('nobody in the demo holds a certificate');
}
