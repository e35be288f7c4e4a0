// The only place that talks to the network. Every answer is either data or an ApiProblem.
import type { Client } from 'openapi-fetch';
import type { paths } from './schema';
import { getLocale } from '#paraglide/runtime.js';
import { takeEarly } from './early.ts';
import { ApiProblem } from './problem.ts';

export const BASE = '/api/v1';
const REFRESHED = 'nhaso.refreshed';

/**
 * Called when the session has ended for good. Resolves true once the person has signed
 * in again (the request is then repeated), false when the page should give up.
 */
let onExpired: () => Promise<boolean> = () => Promise.resolve(false);
export function whenExpired(handler: () => Promise<boolean>): void {
	onExpired = handler;
}

let refreshing: Promise<boolean> | null = null;

/**
 * One refresh at a time, also across tabs: the refresh token rotates, and using an old
 * one twice would end the whole session.
 */
function refresh(since: number): Promise<boolean> {
	refreshing ??= locked(async () => {
		if (lastRefresh() > since) return true;
		const reply = await fetch(`${BASE}/sessions/refresh`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: '{}'
		});
		if (reply.ok) remember();
		return reply.ok;
	}).finally(() => {
		refreshing = null;
	});
	return refreshing;
}

function locked<T>(work: () => Promise<T>): Promise<T> {
	const locks = globalThis.navigator?.locks;
	return locks ? (locks.request('nhaso-refresh', work) as Promise<T>) : work();
}
function lastRefresh(): number {
	try {
		return Number(localStorage.getItem(REFRESHED) ?? 0);
	} catch {
		return 0;
	}
}
function remember(): void {
	try {
		localStorage.setItem(REFRESHED, String(Date.now()));
	} catch {
		// Private mode without storage: tabs then simply refresh one after the other.
	}
}

/** fetch that turns "no network" into a problem and renews the session once on 401. */
export async function apiFetch(request: Request): Promise<Response> {
	const again = request.clone();
	const sent = Date.now();
	let reply = await reach(request);
	if (reply.status !== 401 || new URL(request.url).pathname.startsWith(`${BASE}/sessions`))
		return reply;
	let renewed: boolean;
	try {
		renewed = await refresh(sent);
	} catch {
		throw new ApiProblem(0, { code: 'offline' });
	}
	const third = again.clone();
	if (renewed) reply = await reach(again);
	if (reply.status === 401 && (await onExpired())) reply = await reach(third);
	return reply;
}

async function reach(request: Request): Promise<Response> {
	try {
		const { response, at } = await (takeEarly(request) ??
			fetch(request).then((response) => ({ response, at: Date.now() })));
		const date = Date.parse(response.headers.get('Date') ?? '');
		if (!Number.isNaN(date)) learnSkew(date - at);
		return response;
	} catch {
		throw new ApiProblem(0, { code: 'offline' });
	}
}

const SKEW = 'nhaso.skew';
let skew = Number(globalThis.localStorage?.getItem(SKEW) ?? 0) || 0;
/** Kept, so that a page opened without the network still knows the server's time. */
function learnSkew(now: number): void {
	if (Math.abs(now - skew) < 2000) return;
	skew = now;
	try {
		localStorage.setItem(SKEW, String(now));
	} catch {
		// Without storage the next page learns it from its first answer.
	}
}
/** The server's time as far as known: school computers' clocks are often wrong. */
export const serverNow = (): number => Date.now() + skew;

interface Options {
	params?: { path?: Record<string, unknown>; query?: Record<string, unknown> };
	body?: unknown;
}
/** What is learnt comes in the language of the page, where somebody has translated it. */
const CONTENT = /^\/home|courses|practice-answers|attempts|runs/;

function call(method: string) {
	return async (template: string, { params, body }: Options = {}) => {
		const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
			encodeURIComponent(String(params?.path?.[name]))
		);
		const url = new URL(BASE + path, location.origin);
		if (getLocale() === 'en' && CONTENT.test(path)) url.searchParams.set('lang', 'en');
		for (const [name, value] of Object.entries(params?.query ?? {})) {
			if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
		}
		// Writes without anything to say still send an empty object: the server takes JSON only.
		const writes = body !== undefined || method === 'POST' || method === 'PUT';
		const response = await apiFetch(
			new Request(url, {
				method,
				...(writes
					? { body: JSON.stringify(body ?? {}), headers: { 'Content-Type': 'application/json' } }
					: {})
			})
		);
		const text = response.status === 204 ? '' : await response.text().catch(() => '');
		return response.ok ? { data: parse(text), response } : { error: parse(text), response };
	};
}
function parse(text: string): unknown {
	try {
		return text ? (JSON.parse(text) as unknown) : undefined;
	} catch {
		return undefined;
	}
}

/**
 * Typed by openapi-fetch over the generated schema, with a runtime of our own: the four
 * methods used here are a tenth of that library's bytes, and a pupil pays for every one.
 */
export const api = {
	GET: call('GET'),
	POST: call('POST'),
	PUT: call('PUT'),
	DELETE: call('DELETE')
} as unknown as Pick<Client<paths>, 'GET' | 'POST' | 'PUT' | 'DELETE'>;

interface Reply<T> {
	data?: T;
	error?: unknown;
	response: Response;
}

/** The same shape with every fixed word widened to string, as the server's schema has it. */
type Widen<T> = T extends string
	? string
	: T extends number
		? number
		: T extends boolean
			? boolean
			: T extends readonly (infer U)[]
				? Widen<U>[]
				: T extends object
					? { [K in keyof T]: Widen<T[K]> }
					: T;

/**
 * Like take, and narrows the schema's plain strings to the app's fixed words (skills,
 * states, kinds). A field the server does not send, or sends differently, is a type error.
 */
export const takeAs = <T>(call: Promise<Reply<Widen<T>>>): Promise<T> => take(call) as Promise<T>;

/** The data of a call, or its problem thrown. */
export async function take<T>(call: Promise<Reply<T>>): Promise<T> {
	const { data, error, response } = await call;
	if (response.ok) return data as T;
	const body = typeof error === 'object' && error !== null ? error : {};
	const wait = Number(response.headers.get('Retry-After'));
	throw new ApiProblem(
		response.status,
		body as Record<string, unknown>,
		Number.isFinite(wait) && wait > 0 ? wait : null
	);
}

/** A fresh UUIDv7: also the idempotency key of the write that carries it. */
export function newId(now: number = Date.now()): string {
	// Not crypto.randomUUID: it is version 4, and absent over plain http in a school's network.
	const b = crypto.getRandomValues(new Uint8Array(16));
	for (let i = 5, rest = now; i >= 0; i--) {
		b[i] = rest % 256;
		rest = Math.floor(rest / 256);
	}
	b[6] = ((b[6] ?? 0) & 0x0f) | 0x70;
	b[8] = ((b[8] ?? 0) & 0x3f) | 0x80;
	const hex = [...b].map((n) => n.toString(16).padStart(2, '0')).join('');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
