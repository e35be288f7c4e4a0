import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { overwriteGetLocale } from '#paraglide/runtime.js';
import { api, newId, serverNow, take, whenExpired } from './client.ts';
import { ApiProblem } from './problem.ts';

type Handler = (request: Request) => Response | Promise<Response>;
let calls: string[];
let handler: Handler;
const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
	new Response(JSON.stringify(body), { status, headers });

beforeEach(() => {
	calls = [];
	vi.stubGlobal('location', { origin: 'http://school.test' });
	vi.stubGlobal('localStorage', undefined);
	vi.stubGlobal('navigator', {});
	vi.stubGlobal('fetch', async (input: string | URL | Request, init?: RequestInit) => {
		const request =
			input instanceof Request ? input : new Request(new URL(input, 'http://school.test'), init);
		calls.push(`${request.method} ${request.url.replace('http://school.test', '')}`);
		return handler(request);
	});
	whenExpired(() => Promise.resolve(false));
});
afterEach(() => vi.unstubAllGlobals());

describe('a call', () => {
	it('fills the path, leaves out empty query values and sends JSON', async () => {
		let sent: unknown;
		handler = async (request) => {
			sent = { type: request.headers.get('Content-Type'), body: await request.json() };
			return json(200, { seq: 1, slot: 2, saved_at: '' });
		};
		const reply = await take(
			api.PUT('/attempts/{id}/answers/{seq}', {
				params: { path: { id: 'a/b', seq: 1 } },
				body: { slot: 2, response: { choice: '1' } }
			})
		);
		expect(reply.slot).toBe(2);
		expect(calls).toEqual(['PUT /api/v1/attempts/a%2Fb/answers/1']);
		expect(sent).toEqual({
			type: 'application/json',
			body: { slot: 2, response: { choice: '1' } }
		});
		handler = () => json(200, { items: [] });
		await take(api.GET('/certificates', { params: { query: { q: 'Hòa', cursor: undefined } } }));
		expect(calls[1]).toBe('GET /api/v1/certificates?q=H%C3%B2a');
	});
	it('asks for content in the language of the page, and for nothing else', async () => {
		overwriteGetLocale(() => 'en');
		handler = () => json(200, { items: [] });
		const one = { params: { path: { course: 'c', lesson: 'l' } } };
		await take(api.GET('/courses/{course}/lessons/{lesson}', one));
		await take(api.GET('/classes/{id}/scenario-runs', { params: { path: { id: 'k' } } }));
		await take(api.GET('/classes'));
		overwriteGetLocale(() => 'vi');
		await take(api.GET('/courses/{course}/lessons/{lesson}', one));
		expect(calls.map((call) => call.replace('GET /api/v1', ''))).toEqual([
			'/courses/c/lessons/l?lang=en',
			'/classes/k/scenario-runs?lang=en',
			'/classes',
			'/courses/c/lessons/l'
		]);
	});
	it('204 is no data, not an error', async () => {
		handler = () => new Response(null, { status: 204 });
		await expect(take(api.DELETE('/sessions/current'))).resolves.toBeUndefined();
	});
	it('no network is the problem "offline"', async () => {
		handler = () => Promise.reject(new TypeError('failed'));
		await expect(take(api.GET('/home'))).rejects.toMatchObject({ code: 'offline' });
	});
	it('a refusal that is not JSON still has its code', async () => {
		handler = () => new Response('<html>bad gateway', { status: 502 });
		await expect(take(api.GET('/home'))).rejects.toMatchObject({ code: 'unavailable' });
	});
	it('learns the server’s time from its answers', async () => {
		const ahead = new Date(Date.now() + 3_600_000).toUTCString();
		handler = () => json(200, {}, { Date: ahead });
		await take(api.GET('/home'));
		expect(Math.abs(serverNow() - Date.now() - 3_600_000)).toBeLessThan(2000);
	});
});

describe('an ended session', () => {
	it('is renewed once, and the call repeated with its body', async () => {
		let renewed = false;
		handler = async (request) => {
			if (request.url.endsWith('/sessions/refresh')) {
				renewed = true;
				return json(200, {});
			}
			return renewed ? json(200, await request.json()) : json(401, {});
		};
		const body = { code: 'ABC' };
		expect(await take(api.POST('/lesson-sessions/join', { body }))).toEqual(body);
		expect(calls).toEqual([
			'POST /api/v1/lesson-sessions/join',
			'POST /api/v1/sessions/refresh',
			'POST /api/v1/lesson-sessions/join'
		]);
	});
	it('several calls share one renewal', async () => {
		let renewed = false;
		handler = async (request) => {
			if (!request.url.endsWith('/refresh')) return renewed ? json(200, {}) : json(401, {});
			await new Promise((resolve) => setTimeout(resolve, 5));
			renewed = true;
			return json(200, {});
		};
		await Promise.all([take(api.GET('/home')), take(api.GET('/me')), take(api.GET('/classes'))]);
		expect(calls.filter((call) => call.endsWith('/refresh'))).toHaveLength(1);
	});
	it('asks the person when it cannot be renewed, then goes on', async () => {
		let signedIn = false;
		whenExpired(() => {
			signedIn = true;
			return Promise.resolve(true);
		});
		handler = (request) =>
			signedIn && !request.url.endsWith('/refresh') ? json(200, { ok: 1 }) : json(401, {});
		await expect(take(api.GET('/home'))).resolves.toEqual({ ok: 1 });
	});
	it('gives up when the person does not sign in', async () => {
		handler = () => json(401, {});
		await expect(take(api.GET('/home'))).rejects.toMatchObject({ code: 'unauthenticated' });
	});
	it('a wrong password is not taken for an ended session', async () => {
		handler = () => json(401, { code: 'unauthenticated' });
		const body = { username: 'a', password: 'b', cookies: true };
		await expect(take(api.POST('/sessions', { body }))).rejects.toBeInstanceOf(ApiProblem);
		expect(calls).toHaveLength(1);
	});
});

describe('newId', () => {
	it('is a UUIDv7 that carries its time', () => {
		const at = Date.parse('2026-11-23T01:02:03.004Z');
		const id = newId(at);
		expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
		expect(parseInt(id.replace(/-/g, '').slice(0, 12), 16)).toBe(at);
		expect(newId(at)).not.toBe(id);
	});
	it('later ids sort after earlier ones', () => {
		expect(newId(2_000_000_000_000) > newId(1_999_999_999_999)).toBe(true);
	});
});
