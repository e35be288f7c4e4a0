// The network between a test's browser and the server: cut, mended, losing what a test says.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, test as base, type BrowserContext, type Page } from '@playwright/test';

/** The service worker has the app: from now on pages open without a network. */
export const swReady = (page: Page) =>
	// Not "ready": it would hang for good where the first try to install has failed.
	page.evaluate(() => !!navigator.serviceWorker.controller);

interface Loss {
	match: RegExp;
	what: 'request' | 'reply';
	/** How often it still happens. */
	times: number;
}

/**
 * The line between a browser and the server. Unlike the browser's own "offline" it lets
 * nothing slip through while a page or service worker starts, and unlike a page's route it
 * also sees what a service worker passes on.
 */
export class Cable {
	#whole = true;
	#loss: Loss | null = null;
	/** Requests that were lost, or whose reply was. */
	lost = 0;
	readonly #ends = new Set<Socket>();
	readonly #server: Server;
	private constructor(target: URL) {
		this.#server = createServer((near) => {
			if (!this.#whole) return near.destroy();
			const far = connect(Number(target.port), target.hostname);
			for (const end of [near, far]) {
				this.#ends.add(end);
				end.on('error', () => end.destroy());
				end.on('close', () => this.#ends.delete(end));
			}
			let deaf = false;
			near.on('data', (bytes) => {
				const loss = this.#meets(bytes);
				if (loss === 'request') return near.destroy();
				deaf ||= loss === 'reply';
				this.#later(this.#pace?.wait ?? 0, () => far.write(bytes));
			});
			far.on('data', (bytes) => {
				if (deaf) return near.destroy();
				this.received += bytes.length;
				this.#later(this.#due(bytes.length), () => near.write(bytes));
			});
			near.on('close', () => far.end());
			far.on('close', () => this.#later(this.#due(0), () => near.end()));
		});
	}
	/** A slow line: what is asked waits one round trip, what comes shares the bytes a second. */
	#pace: { wait: number; rate: number } | null = null;
	#free = 0;
	/** Bytes that came to the browser, headers and all, those of its service worker too. */
	received = 0;
	slow(kilobits: number, roundTrip: number): void {
		this.#pace = { wait: roundTrip, rate: (kilobits * 1000) / 8 / 1000 };
	}
	fast(): void {
		this.#pace = null;
	}
	#due(bytes: number): number {
		const now = Date.now();
		this.#free = Math.max(now, this.#free) + (this.#pace ? bytes / this.#pace.rate : 0);
		return this.#pace ? this.#free - now : 0;
	}
	#later(ms: number, what: () => void): void {
		if (ms <= 0) what();
		else setTimeout(what, ms);
	}
	#meets(bytes: Buffer): Loss['what'] | null {
		const head = bytes.subarray(0, 500).toString('latin1').split('\r\n')[0] ?? '';
		if (!this.#loss || this.#loss.times <= 0 || !this.#loss.match.test(head)) return null;
		this.#loss.times--;
		this.lost++;
		return this.#loss.what;
	}
	static async lay(target: string): Promise<Cable> {
		const cable = new Cable(new URL(target));
		await new Promise<void>((resolve) => cable.#server.listen(0, '127.0.0.1', resolve));
		return cable;
	}
	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}
	/** From now on loses requests whose first line fits, or only the replies to them. */
	lose(match: RegExp, what: Loss['what'], times = Infinity): void {
		this.#loss = { match, what, times };
	}
	loseNothing(): void {
		this.#loss = null;
	}
	async cut(page?: Page): Promise<void> {
		this.#whole = false;
		for (const end of this.#ends) end.destroy();
		await page?.evaluate(() => window.dispatchEvent(new Event('offline')));
	}
	async mend(page?: Page): Promise<void> {
		this.#whole = true;
		await page?.evaluate(() => window.dispatchEvent(new Event('online')));
	}
	/** Cut, and the browser knows that it is offline. */
	async off(context: BrowserContext): Promise<void> {
		await context.setOffline(true);
		await this.cut();
	}
	async on(context: BrowserContext): Promise<void> {
		await this.mend();
		await context.setOffline(false);
	}
	async end(): Promise<void> {
		await this.cut();
		await new Promise((resolve) => this.#server.close(resolve));
	}
}

const SERVER = process.env.BASE_URL ?? 'http://127.0.0.1:8080';

/** Playwright's test with a line of its own: pages go over it, `request` (and so Api) past it. */
export const test = base.extend<{ line: Cable }>({
	// eslint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from here
	line: async ({}, use) => {
		const line = await Cable.lay(SERVER);
		await use(line);
		await line.end();
	},
	baseURL: async ({ line }, use) => use(line.url),
	request: async ({ playwright }, use) => {
		const request = await playwright.request.newContext({ baseURL: SERVER });
		await use(request);
		await request.dispose();
	}
});

/** A browser of its own whose storage outlives it: closing and opening it is a restart. */
export class Device {
	readonly #folder = mkdtempSync(path.join(tmpdir(), 'nhaso-device-'));
	context!: BrowserContext;
	cable!: Cable;
	async open(): Promise<Page> {
		const { use } = base.info().project;
		this.cable ??= await Cable.lay(SERVER);
		this.context = await chromium.launchPersistentContext(this.#folder, {
			...use.launchOptions,
			baseURL: this.cable.url,
			locale: 'vi-VN',
			timezoneId: 'Asia/Ho_Chi_Minh',
			viewport: { width: 360, height: 640 }
		});
		return this.context.pages()[0] ?? (await this.context.newPage());
	}
	async restart(): Promise<Page> {
		await this.context.close().catch(() => undefined);
		return this.open();
	}
	async end(): Promise<void> {
		await this.context?.close().catch(() => undefined);
		await this.cable?.end();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
