// @ts-nocheck: the worker has its own global scope, not the page's.
// The service worker, as a plain script: scripts/postbuild.mjs fills in the version and
// the file list. It keeps the shell and the student's pages, and keeps nothing under /api by
// itself: answers and lessons are kept by the app (lib/offline), per signed-in person. Only
// pictures that the app has laid into its own cache are answered from there.
const VERSION = '__VERSION__';
const CACHE = `nhaso-${VERSION}`;
const PRECACHE = ['__PRECACHE__'];
/** What team members need besides. It is laid in when their page asks for it, and from then on. */
const TEAM = ['__TEAM__'];
/** Outlives versions: says that a team member uses this device. */
const TEAM_CACHE = 'team';

/** How many files are fetched at a time: the page itself shares the line. */
const LINES = 4;
const TRIES = 6;
const hashed = (path) => path.startsWith('/_app/immutable/');
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Lays the app into its cache. One lost file must not lose them all: each is tried again, a
 * file that did not change comes from the version before, and what an ended try has fetched
 * is not fetched again.
 */
async function fill(paths) {
	const cache = await caches.open(CACHE);
	const have = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
	const todo = paths.filter((path) => !hashed(path) || !have.has(path));
	const line = async () => {
		for (let path = todo.shift(); path; path = todo.shift()) await lay(cache, path);
	};
	await Promise.all(Array.from({ length: LINES }, line));
}
async function lay(cache, path) {
	const kept = hashed(path) && (await caches.match(path));
	if (kept) return cache.put(path, kept);
	for (let n = 1; ; n++) {
		try {
			const reply = await fetch(path, { cache: hashed(path) ? 'default' : 'no-cache' });
			if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
			return await cache.put(path, reply);
		} catch (error) {
			if (n === TRIES) throw error;
			await pause(500 * 2 ** n);
		}
	}
}

/** Lays the team's pages in and remembers that they are wanted with the next version too. */
async function keepTeam() {
	await (await caches.open(TEAM_CACHE)).put('/team', new Response(''));
	await fill(TEAM);
}
self.addEventListener('message', (event) => {
	if (event.data !== 'keep-team') return;
	const answer = (done) => event.ports[0]?.postMessage(done);
	event.waitUntil(
		keepTeam().then(
			() => answer(true),
			() => answer(false)
		)
	);
});

async function install() {
	await fill((await caches.has(TEAM_CACHE)) ? [...PRECACHE, ...TEAM] : PRECACHE);
}
self.addEventListener('install', (event) => {
	event.waitUntil(
		install()
		// No skipWaiting: a quiz in progress must not change its code under the pupil.
	);
});

self.addEventListener('activate', (event) => {
	event.waitUntil(
		caches
			.keys()
			.then((names) =>
				Promise.all(
					names
						.filter((name) => name.startsWith('nhaso-') && name !== CACHE)
						.map((name) => caches.delete(name))
				)
			)
			.then(() => self.clients.claim())
	);
});

/** Pages come from the network first, so that a new release is seen; else the kept shell. */
async function page(request) {
	try {
		const fresh = await fetch(request);
		if (fresh.ok) return fresh;
		if (fresh.status < 500) return fresh;
	} catch {
		// No network: fall through to the kept page.
	}
	const kept = await caches.match('/index.html');
	return kept ?? Response.error();
}

/** Built files carry their hash in the name: a kept one is always right. */
async function asset(request) {
	return (await caches.match(request)) ?? fetch(request);
}

/** A picture of a skill taken along; its name changes with its bytes, so a kept one is right. */
async function picture(request) {
	for (const name of await caches.keys()) {
		if (!name.startsWith('taken:')) continue;
		const kept = await (await caches.open(name)).match(request);
		if (kept) return kept;
	}
	return fetch(request);
}

self.addEventListener('fetch', (event) => {
	const url = new URL(event.request.url);
	if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
	if (url.pathname.startsWith('/api/v1/media/')) return event.respondWith(picture(event.request));
	if (url.pathname.startsWith('/api') || url.pathname.startsWith('/problems')) return;
	if (event.request.mode === 'navigate') event.respondWith(page(event.request));
	else if (url.pathname.startsWith('/_app/immutable/') || PRECACHE.includes(url.pathname))
		event.respondWith(asset(event.request));
});
