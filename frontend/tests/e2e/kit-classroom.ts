// A province and a classroom laptop of a spec's own: real servers, each with its own data,
// that are started, killed and asked things here; and a pupil's phone without a browser.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, type Page } from '@playwright/test';
import { answerOf } from './kit.ts';

export const BINARY = path.resolve(import.meta.dirname, '../../../bin/nhaso');
const run = promisify(execFile);
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** One program with a data folder and a port of its own, which survive its end. */
export class Machine {
	readonly folder = mkdtempSync(path.join(tmpdir(), 'nhaso-machine-'));
	readonly #args: string[];
	readonly #port: number;
	#process: ChildProcess | null = null;
	private constructor(args: string[], port: number) {
		this.#args = args;
		this.#port = port;
	}
	static async start(...args: string[]): Promise<Machine> {
		const machine = new Machine(args, await freePort());
		await machine.start();
		return machine;
	}
	get url(): string {
		return `http://127.0.0.1:${this.#port}`;
	}
	get #env(): NodeJS.ProcessEnv {
		return {
			...process.env,
			NHASO_ADDR: `127.0.0.1:${this.#port}`,
			NHASO_DATA_DIR: this.folder,
			NHASO_DATABASE_URL: ''
		};
	}
	async start(): Promise<void> {
		this.#process = spawn(BINARY, this.#args, { env: this.#env, stdio: 'ignore' });
		await expect
			.poll(
				() =>
					fetch(`${this.url}/readyz`).then(
						(r) => r.status,
						() => 0
					),
				{ timeout: 120_000 }
			)
			.toBe(200);
	}
	/** Without a warning, as when the battery falls out. */
	async kill(): Promise<void> {
		const gone = new Promise((resolve) => this.#process!.once('exit', resolve));
		this.#process!.kill('SIGKILL');
		await gone;
	}
	/** A command of the same program on the same data. */
	async command<T>(...args: string[]): Promise<T> {
		const { stdout } = await run(BINARY, [...args, '--json'], { env: this.#env });
		return JSON.parse(stdout) as T;
	}
	async end(): Promise<void> {
		if (this.#process && this.#process.exitCode === null && !this.#process.killed)
			await this.kill();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

interface Choice {
	key: string;
	text: string;
}
export interface Item {
	slot: number;
	question_key: string;
	kind: string;
	options: Choice[];
	lefts: Choice[];
	rights: Choice[];
	message: { parts: { key?: string; text: string }[] } | null;
	spots: { key: string; label: string }[] | null;
}
export interface Attempt {
	id: string;
	course_key: string;
	state: string;
	items: Item[];
	answers: { slot: number; seq: number; response: unknown }[];
	last_seq: number;
}

const plain = (html: string) =>
	html
		.replace(/<[^>]*>/g, '')
		.replace(/&lt;/g, '<')
		.replace(/&gt;/g, '>')
		.replace(/&#34;|&quot;/g, '"')
		.replace(/&#39;/g, "'")
		.replace(/&amp;/g, '&')
		.replace(/\s+/g, ' ')
		.trim();

/** The right answer in the keys of this attempt. */
export function respond(course: string, item: Item): Record<string, unknown> {
	const answer = answerOf(course, item.question_key);
	const keys = (list: Choice[], texts: string[]) =>
		texts.map((text) => list.find((o) => plain(o.text) === text)!.key);
	switch (item.kind) {
		case 'single':
			return { choice: keys(item.options, answer.texts!)[0] };
		case 'multiple':
			return { choices: keys(item.options, answer.texts!) };
		case 'order':
			return { order: keys(item.options, answer.texts!) };
		case 'true_false': {
			const [reason] = keys(item.options, answer.texts ?? []);
			return { verdict: answer.verdict, ...(reason ? { reason } : {}) };
		}
		case 'match': {
			const pairs = item.lefts.map(({ key, text }) => [
				key,
				keys(item.rights, [answer.pairs![plain(text)]!])[0]
			]);
			return { pairs: Object.fromEntries(pairs) as Record<string, string> };
		}
		default: {
			const all = [
				...(item.message?.parts ?? []).map((p) => ({ key: p.key ?? '', text: p.text })),
				...(item.spots ?? []).map((s) => ({ key: s.key, text: s.label }))
			];
			const marks = all.filter((p) => p.key && answer.spots!.includes(plain(p.text)));
			return { marks: marks.map((p) => p.key) };
		}
	}
}

/** One text of an answer: without what is empty, what is a set in one order. */
function same(response: unknown): string {
	const parts = Object.entries(response as Record<string, unknown>)
		.filter(([, v]) => v !== null && v !== '' && !(typeof v === 'object' && !Object.keys(v).length))
		.map(([key, v]): [string, unknown] => {
			if (key === 'choices' || key === 'marks') return [key, [...(v as string[])].sort()];
			if (key === 'pairs') return [key, Object.entries(v as object).sort()];
			return [key, v];
		});
	return JSON.stringify(parts.sort());
}

/** What of a class is safe, as the laptop says. */
export interface Safety {
	total: number;
	safe: number;
	batches: number;
	counts: Record<string, number>;
	pupils: { name: string; state: string }[];
}

/** What a laptop's server has said to be saved: attempt, number of the answer, the answer. */
export class Ledger {
	readonly saved = new Map<string, Map<number, { slot: number; response: unknown }>>();
	note(attempt: string, seq: number, slot: number, response: unknown): void {
		const of = this.saved.get(attempt) ?? new Map<number, { slot: number; response: unknown }>();
		this.saved.set(attempt, of.set(seq, { slot, response }));
	}
	get count(): number {
		return [...this.saved.values()].reduce((n, of) => n + of.size, 0);
	}
	/** By slot, what was acknowledged last, and under which number. */
	last(attempt: string): Map<number, { seq: number; response: unknown }> {
		const found = [...(this.saved.get(attempt) ?? [])].sort(([a], [b]) => a - b);
		return new Map(found.map(([seq, { slot, response }]) => [slot, { seq, response }]));
	}
	/**
	 * Whether an attempt as a server keeps it has, in every slot, what was acknowledged last, or a
	 * later answer: the network may have eaten its acknowledgement alone.
	 */
	missing(kept: Attempt): string[] {
		const have = new Map(kept.answers.map((one) => [one.slot, one]));
		return [...this.last(kept.id)]
			.filter(([slot, { seq, response }]) => {
				const one = have.get(slot);
				return !one || (same(one.response) !== same(response) && one.seq <= seq);
			})
			.map(
				([slot, { response }]) =>
					`slot ${slot}: ${same(response)}, kept ${JSON.stringify(have.get(slot)?.response)}`
			);
	}
	/** Notes what a browser's app gets acknowledged, as the app itself sees it. */
	async watch(page: Page): Promise<void> {
		await page.exposeFunction('nhasoSaved', (url: string, sent: string, got: string) => {
			const [, id, seq] = /\/attempts\/([^/]+)\/answers(?:\/(\d+))?$/.exec(url)!;
			if (seq) {
				const { slot, response } = JSON.parse(sent) as { slot: number; response: unknown };
				return this.note(id!, Number(seq), slot, response);
			}
			const { acked } = JSON.parse(got) as { acked: number[] };
			const { answers } = JSON.parse(sent) as {
				answers: { seq: number; slot: number; response: unknown }[];
			};
			for (const a of answers.filter((one) => acked.includes(one.seq)))
				this.note(id!, a.seq, a.slot, a.response);
		});
		await page.addInitScript(() => {
			const plainly = window.fetch.bind(window);
			const note = (window as unknown as { nhasoSaved: (...of: string[]) => Promise<void> })
				.nhasoSaved;
			window.fetch = async (input, init) => {
				const request = new Request(input, init);
				if (!/\/attempts\/[^/]+\/answers(\/\d+)?$/.test(request.url)) return plainly(request);
				const sent = await request.clone().text();
				const reply = await plainly(request);
				// The app may act on the reply from here on, so it is noted first.
				if (reply.status === 200) await note(request.url, sent, await reply.clone().text());
				return reply;
			};
		});
	}
}

/** A time-ordered id, as the app makes them. */
export function newId(): string {
	const hex = Date.now().toString(16).padStart(12, '0');
	return `${hex.slice(0, 8)}-${hex.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

/** A pupil's phone as the network sees it: the app's own requests, repeated until answered. */
export class Phone {
	readonly name: string;
	readonly person: string;
	readonly #url: string;
	#token = '';
	#left = '';
	attempt!: Attempt;
	/** Requests that got no answer and were sent again. */
	repeats = 0;
	constructor(url: string, person: string, name: string) {
		this.#url = url;
		this.person = person;
		this.name = name;
	}
	async ask<T>(method: string, at: string, body?: unknown): Promise<T> {
		for (let wait = 100; ; wait = Math.min(2 * wait, 1500)) {
			const reply = await fetch(`${this.#url}/api/v1${at}`, {
				method,
				headers: {
					'Content-Type': 'application/json',
					...(this.#token ? { Authorization: `Bearer ${this.#token}` } : {})
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
				signal: AbortSignal.timeout(20_000)
			}).catch(() => null);
			const text = await reply?.text().catch(() => null);
			if (reply && text !== null && text !== undefined && reply.status !== 429) {
				expect(reply.ok, `${this.name}: ${method} ${at}: ${reply.status} ${text}`).toBe(true);
				return (text ? JSON.parse(text) : undefined) as T;
			}
			this.repeats++;
			await pause(wait);
		}
	}
	async join(code: string, secret: string): Promise<void> {
		const body = { code, person_id: this.person, secret };
		const s = await this.ask<{ access_token: string }>('POST', '/lesson-sign-in', body);
		this.#token = s.access_token;
	}
	async start(course: string, session: string): Promise<void> {
		const body = { id: newId(), course_key: course, session_id: session };
		this.attempt = await this.ask<Attempt>('POST', '/attempts', body);
	}
	/** Answers the n-th question rightly, and notes it once it is acknowledged. */
	async save(n: number, ledger: Ledger): Promise<void> {
		const { id, course_key, items } = this.attempt;
		const body = { slot: items[n]!.slot, response: respond(course_key, items[n]!) };
		await this.ask('PUT', `/attempts/${id}/answers/${n + 1}`, body);
		ledger.note(id, n + 1, body.slot, body.response);
		this.#left = new Date().toISOString().replace(/\.\d+/, '');
	}
	/** By user name, as after the lesson, when the code on the wall opens nothing any more. */
	async signIn(username: string, password: string): Promise<void> {
		this.#token = '';
		const body = { username, password };
		const s = await this.ask<{ access_token: string }>('POST', '/sessions', body);
		this.#token = s.access_token;
	}
	/** The answers from the n-th question on, which the quiz's end found unsent. */
	async handInLate(from: number): Promise<void> {
		const { id, course_key, items } = this.attempt;
		const { last_seq } = await this.kept();
		const answers = items.slice(from).map((item, i) => ({
			seq: last_seq + 2 + i, // the end of the quiz took a number of its own
			slot: item.slot,
			response: respond(course_key, item),
			client_at: this.#left
		}));
		await this.ask('POST', `/attempts/${id}/late-answers`, { id: newId(), answers });
	}
	kept(): Promise<Attempt> {
		return this.ask('GET', `/attempts/${this.attempt.id}`);
	}
	submit(): Promise<unknown> {
		return this.ask('POST', `/attempts/${this.attempt.id}/submission`, {});
	}
}
