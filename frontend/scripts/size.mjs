// The size gate: exact compressed bytes of the script a first visit to each route loads.
// Exit code 1 when a budget is broken. Sums single files as the server sends them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { filesOf, readGraph } from './graph.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Budgets in kB (1000 bytes): gzip, brotli. */
const BUDGETS = [
	['(app)/(student)/lessons/[course]/[lesson]', 68, 60],
	['(app)/(student)/quizzes/[attempt]', 75, 66],
	['(app)/(student)/home', 75, 65],
	['(app)/(student)/practice/[course]/[scenario]', 75, 65],
	['(public)/login', 64, 55],
	['(public)/verify/[[code]]', 64, 55],
	['(public)/family/[code]', 73, 64],
	['(app)/(teacher)/classes/[id]', 125, 110],
	['(app)/(officer)/coverage/[[area]]', 160, 140]
];
/** What a route loads later, on top: brotli. The player of the scenarios, with the QR writer. */
const LATER = [['(app)/(student)/practice/[course]/[scenario]', 20]];
/** A plain page of the same layout. */
const EVERY = '(app)/account';
const graph = readGraph(root);
let broken = false;
/** @param {Buffer} body */
const brotli = (body) =>
	zlib.brotliCompressSync(body, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
for (const [route, gzMax, brMax] of /** @type {[string, number, number][]} */ (BUDGETS)) {
	if (!graph.nodes.has(`${route}/+page.svelte`)) continue;
	let gz = 0;
	let br = 0;
	let css = 0;
	let requests = 0;
	for (const file of filesOf(graph, route)) {
		const body = readFileSync(path.join(root, 'dist', file));
		if (file.endsWith('.js')) {
			gz += zlib.gzipSync(body, { level: 9 }).length;
			br += brotli(body);
			requests++;
		} else if (file.endsWith('.css')) css += zlib.gzipSync(body, { level: 9 }).length;
	}
	const over = gz > gzMax * 1000 || br > brMax * 1000;
	broken ||= over;
	const kb = (/** @type {number} */ n) => (n / 1000).toFixed(1).padStart(6);
	console.log(
		`${over ? 'OVER' : 'ok  '} ${route.padEnd(38)} js gz ${kb(gz)}/${gzMax}  br ${kb(br)}/${brMax}  css gz ${kb(css)}  ${requests} scripts`
	);
}
for (const [route, max] of /** @type {[string, number][]} */ (LATER)) {
	// What every pupil's page fetches later is not this route's.
	const before = new Set([...filesOf(graph, route), ...filesOf(graph, EVERY, { lazy: true })]);
	const later = filesOf(graph, route, { lazy: true }).filter(
		(file) => file.endsWith('.js') && !before.has(file)
	);
	const br = later
		.map((file) => brotli(readFileSync(path.join(root, 'dist', file))))
		.reduce((sum, n) => sum + n, 0);
	const over = br > max * 1000;
	broken ||= over;
	console.log(
		`${over ? 'OVER' : 'ok  '} ${route.padEnd(38)} later br ${(br / 1000).toFixed(1)}/${max}  ${later.length} scripts`
	);
}
process.exit(broken ? 1 : 0);
