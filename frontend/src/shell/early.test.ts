import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { api } from '../lib/api/client.ts';
import { dropEarly, takeEarly } from '../lib/api/early.ts';

const script = readFileSync(new URL('./early.js', import.meta.url), 'utf8')
	.replace(
		"['__ROUTES__']",
		JSON.stringify([
			{ path: '/home', files: ['nodes/1.js', 'assets/1.css'], asks: ['/me', '/home*'] },
			{
				path: '/lessons/([\\w-]+)/([\\w-]+)',
				files: [],
				asks: ['/courses/$1/lessons/$2*']
			}
		])
	)
	.replace("['__FONTS__']", JSON.stringify(['assets/a.woff2']));

const links: Record<string, string>[] = [];
const asked = vi.fn((_url: string) => Promise.resolve(new Response('{"early":true}')));
const root = { lang: 'vi', className: '' };
function open(pathname: string): void {
	vi.stubGlobal('window', globalThis);
	vi.stubGlobal('location', { pathname, origin: 'http://nhaso.test' });
	vi.stubGlobal('document', {
		documentElement: root,
		createElement: () => ({}),
		head: { appendChild: (link: Record<string, string>) => links.push(link) }
	});
	vi.stubGlobal('fetch', asked);
	new Function(script)();
}
const get = (path: string) => new Request(`http://nhaso.test/api/v1${path}`);

beforeEach(() => {
	links.length = 0;
	asked.mockClear();
	Object.assign(root, { lang: 'vi', className: '' });
});
afterEach(() => {
	dropEarly();
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

describe('what the first page asks for before its script is there', () => {
	it('files and answers by the address, and nothing of another page', () => {
		open('/home');
		expect(links.map(({ rel, href }) => `${rel} ${href}`)).toEqual([
			'modulepreload /_app/immutable/nodes/1.js',
			'preload /_app/immutable/assets/1.css'
		]);
		expect(asked.mock.calls.flat()).toEqual(['/api/v1/me', '/api/v1/home']);
	});
	it('what stands in the address, in the language of the page', () => {
		root.lang = 'en';
		open('/lessons/safe-thcs/first');
		expect(asked.mock.calls.flat()).toEqual(['/api/v1/courses/safe-thcs/lessons/first?lang=en']);
	});
	it('nothing for a page that it does not know', () => {
		open('/home/else');
		expect(asked).not.toHaveBeenCalled();
		expect(links).toEqual([]);
	});
	it('the font only where it lies on the device', () => {
		root.className = 'font';
		open('/login');
		expect(links).toMatchObject([{ rel: 'preload', as: 'font' }]);
	});
});

describe('taking an answer over', () => {
	it('gives each once', async () => {
		open('/home');
		expect(await (await takeEarly(get('/me')))?.response.json()).toEqual({ early: true });
		expect(takeEarly(get('/me'))).toBeNull();
		expect(takeEarly(get('/drill'))).toBeNull();
	});
	it('not to a write, not when old, not to the next person', () => {
		open('/home');
		expect(takeEarly(new Request(get('/me').url, { method: 'DELETE' }))).toBeNull();
		vi.useFakeTimers({ now: Date.now() + 31_000 });
		expect(takeEarly(get('/me'))).toBeNull();
		vi.useRealTimers();
		dropEarly();
		expect(takeEarly(get('/home'))).toBeNull();
	});
	it('the client asks for nothing twice, and tells a lost one as no network', async () => {
		vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
		open('/home');
		const { data } = await api.GET('/me');
		expect(data).toEqual({ early: true });
		expect(asked).toHaveBeenCalledTimes(2);
		asked.mockRejectedValueOnce(new TypeError('no network'));
		open('/home');
		await expect(api.GET('/me')).rejects.toMatchObject({ code: 'offline' });
	});
});
