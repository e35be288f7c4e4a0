// Turns Kit's static output into what the Go program embeds (dist/):
// skeleton styles inside index.html, the service worker's file list, the hashes a
// Content-Security-Policy header needs, and .br/.gz forms of every text file.
import { createHash } from 'node:crypto';
import {
	cpSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	rmSync,
	writeFileSync,
	existsSync
} from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { filesOf, readGraph } from './graph.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = path.join(root, '.svelte-kit/dist');
const dist = path.join(root, 'dist');
const TEXT = /\.(html|js|mjs|css|svg|json|webmanifest|txt)$/;
// What a pupil needs with the network gone: the shell and the student's own pages.
const STUDENT = '(app)/(student)';
const OFFLINE_ROUTES = [
	'',
	'(public)/login',
	`${STUDENT}/home`,
	`${STUDENT}/skills/[course]`,
	`${STUDENT}/lessons/[course]/[lesson]`,
	`${STUDENT}/quizzes/[attempt]`,
	`${STUDENT}/results/[attempt]`,
	`${STUDENT}/family`,
	`${STUDENT}/family/missions/[id]`,
	// The relative's page: a confirmation waits there for the network.
	'(public)/family/[code]',
	`${STUDENT}/certificates`,
	`${STUDENT}/drill`,
	`${STUDENT}/placement/[course]`,
	`${STUDENT}/practice`,
	`${STUDENT}/practice/[course]/[scenario]`,
	`${STUDENT}/practice/runs`,
	`${STUDENT}/practice/runs/[run]`,
	`${STUDENT}/household`
];

// A team member walks all day without a network. Only their page asks the worker for it.
const TEAM_ROUTES = ['(app)/(team)/visits'];

const LEARN = '([\\w-]+)';
/**
 * Pages that begin with a long way (first visit, cheap phone): their files and answers are
 * asked for by the address alone (src/shell/early.js). "*" is where the language goes.
 */
const EARLY = [
	{ path: '/home', route: `${STUDENT}/home`, asks: ['/me', '/home*'] },
	{
		path: `/skills/${LEARN}`,
		route: `${STUDENT}/skills/[course]`,
		asks: ['/me']
	},
	{
		path: `/lessons/${LEARN}/${LEARN}`,
		route: `${STUDENT}/lessons/[course]/[lesson]`,
		asks: ['/me', '/courses/$1/lessons/$2*', '/me/progress']
	},
	{
		path: `/quizzes/${LEARN}`,
		route: `${STUDENT}/quizzes/[attempt]`,
		asks: ['/me', '/attempts/$1*']
	}
];

mkdirSync(dist, { recursive: true });
for (const name of readdirSync(dist)) {
	if (name !== '.gitkeep') rmSync(path.join(dist, name), { recursive: true });
}
cpSync(built, dist, { recursive: true });

/** @param {string} css */
const squeeze = (css) =>
	css
		.replace(/\/\*[\s\S]*?\*\//g, '')
		.replace(/\s+/g, ' ')
		.replace(/ ?([{}:;,]) ?/g, '$1');

const indexPath = path.join(dist, 'index.html');
const styles = ['tokens.css', 'skeleton.css']
	.map((name) => readFileSync(path.join(root, 'src/lib/styles', name), 'utf8'))
	.join('\n');
// Only for a device that has them already (lib/font.ts).
const assets = '_app/immutable/assets';
const fonts = readdirSync(path.join(dist, assets))
	.filter((name) => name.endsWith('.woff2'))
	.map((name) => `assets/${name}`);
const graph = readGraph(root);
const raw = readFileSync(indexPath, 'utf8');
const early = readFileSync(path.join(root, 'src/shell/early.js'), 'utf8')
	.replace("['__FONTS__']", () => JSON.stringify(fonts))
	.replace("['__ROUTES__']", () =>
		JSON.stringify(
			EARLY.map(({ path: address, route, asks }) => ({
				path: address,
				asks,
				files: filesOf(graph, route)
					.filter((file) => /\.(js|css)$/.test(file) && !raw.includes(file))
					.map((file) => file.replace('_app/immutable/', ''))
			}))
		)
	);
/** @type {string[]} */
const sheets = [];
const index = raw
	// The skeleton is not held up by the app's styles: they are asked for at once, and stand
	// between it and the app, whose first paint they come before.
	.replace(/<link href="([^"]+)" rel="stylesheet">/g, (tag, href) => {
		sheets.push(tag);
		return `<link rel="preload" href="${href}" as="style">`;
	})
	.replace('<div id="app">', () => sheets.join('\n') + '\n<div id="app">')
	.replace('<!-- early -->', () => `<script>${early.replace(/^\s*\/\/.*\n/gm, '')}</script>`)
	.replace('<!-- skeleton-style -->', () => `<style>${squeeze(styles)}</style>`)
	.replace(/^\t+/gm, '');
writeFileSync(indexPath, index);

/** @param {string} tag */
const hashes = (tag) =>
	[...index.matchAll(new RegExp(`<${tag}(?:\\s[^>]*)?>([\\s\\S]*?)</${tag}>`, 'g'))]
		.filter((match) => match[1] && !/\ssrc=/.test(match[0].slice(0, match[0].indexOf('>'))))
		.map((match) => `sha256-${createHash('sha256').update(String(match[1])).digest('base64')}`);
writeFileSync(
	path.join(dist, 'csp.json'),
	JSON.stringify({ script: hashes('script'), style: hashes('style') }, null, '\t') + '\n'
);

const offline = new Set(['/index.html', '/manifest.webmanifest', '/icon.svg', '/icon-192.png']);
for (const route of OFFLINE_ROUTES) {
	for (const file of filesOf(graph, route, { lazy: true })) offline.add('/' + file);
}
const team = new Set(
	TEAM_ROUTES.flatMap((route) => [...filesOf(graph, route, { lazy: true })])
		.map((file) => '/' + file)
		.filter((file) => !offline.has(file))
);
const version = createHash('sha256')
	.update(index)
	.update([...offline, ...team].join())
	.digest('hex')
	.slice(0, 12);
const worker = readFileSync(path.join(root, 'src/sw/service-worker.js'), 'utf8')
	.replace('__VERSION__', version)
	.replace("['__PRECACHE__']", JSON.stringify([...offline]))
	.replace("['__TEAM__']", JSON.stringify([...team]));
writeFileSync(path.join(dist, 'service-worker.js'), worker);

let count = 0;
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
	if (!entry.isFile() || !TEXT.test(entry.name)) continue;
	const file = path.join(entry.parentPath, entry.name);
	const body = readFileSync(file);
	writeFileSync(
		file + '.br',
		zlib.brotliCompressSync(body, {
			params: {
				[zlib.constants.BROTLI_PARAM_QUALITY]: 11,
				[zlib.constants.BROTLI_PARAM_SIZE_HINT]: body.length
			}
		})
	);
	writeFileSync(file + '.gz', zlib.gzipSync(body, { level: 9 }));
	count++;
}
if (!existsSync(path.join(dist, '.gitkeep'))) writeFileSync(path.join(dist, '.gitkeep'), '');
console.log(
	`dist: ${offline.size} files for offline use, ${count} files precompressed, version ${version}`
);
