// Lighthouse on a throttled phone profile over the pupil's three main pages: home, lesson, quiz.
// Called by scripts/lighthouse.sh, which starts the demo and installs Lighthouse beside the project.
// Prints a line a page (median of RUNS) and exits 1 below the aims of docs/performance.md.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(path.join(process.env.LIGHTHOUSE_DIR, 'package.json'));
const { default: lighthouse } = await import(pathToFileURL(require.resolve('lighthouse')).href);
const base = process.env.BASE_URL;
const runs = Number(process.env.RUNS ?? 5);
const AIM = { performance: 95, accessibility: 100 };

const port = 9333;
/** A browser that has never been here: a second visit in the same profile would be another measure. */
async function browser() {
	const chrome = spawn(
		process.env.CHROMIUM ?? '/usr/bin/chromium',
		[
			'--headless=new',
			'--no-sandbox',
			'--disable-gpu',
			`--remote-debugging-port=${port}`,
			`--user-data-dir=${mkdtempSync(path.join(os.tmpdir(), 'lighthouse-'))}`,
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'about:blank'
		],
		{ stdio: 'ignore' }
	);
	for (let i = 0; i < 40; i++) {
		if (await fetch(`http://127.0.0.1:${port}/json/version`).then((r) => r.ok, () => false)) break;
		await new Promise((resolve) => setTimeout(resolve, 250));
	}
	return async () => {
		const gone = new Promise((resolve) => chrome.once('exit', resolve));
		chrome.kill();
		await gone;
	};
}
const json = { 'Content-Type': 'application/json' };
const call = (url, body, headers = {}) =>
	fetch(`${base}/api/v1${url}`, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

let end = async () => {};
try {
	const session = await call('/sessions', { username: 'hocsinh', password: 'HaLong-2026', cookies: true });
	if (!session.ok) throw new Error(`sign-in answered ${session.status}`);
	const Cookie = session.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ');
	const quiz = randomUUID();
	const started = await call('/attempts', { id: quiz, course_key: 'self_protection-thcs' }, { Cookie });
	if (!started.ok) throw new Error(`the quiz answered ${started.status}: ${await started.text()}`);
	let failed = false;
	for (const [name, url] of [
		['home', '/home'],
		['lesson', '/lessons/self_protection-thcs/mat-khau-manh'],
		['quiz', `/quizzes/${quiz}`]
	]) {
		const seen = { performance: [], accessibility: [], fcp: [], lcp: [], tbt: [], cls: [] };
		for (let i = 0; i < runs; i++) {
			end = await browser();
			const { lhr } = await lighthouse(base + url, {
				port,
				output: 'json',
				logLevel: 'error',
				onlyCategories: ['performance', 'accessibility'],
				extraHeaders: { Cookie }
			});
			await end();
			end = async () => {};
			if (new URL(lhr.finalDisplayedUrl).pathname !== url) throw new Error(`${name} ended at ${lhr.finalDisplayedUrl}`);
			seen.performance.push(Math.round(lhr.categories.performance.score * 100));
			seen.accessibility.push(Math.round(lhr.categories.accessibility.score * 100));
			seen.fcp.push(lhr.audits['first-contentful-paint'].numericValue);
			seen.lcp.push(lhr.audits['largest-contentful-paint'].numericValue);
			seen.tbt.push(lhr.audits['total-blocking-time'].numericValue);
			seen.cls.push(lhr.audits['cumulative-layout-shift'].numericValue);
		}
		const m = Object.fromEntries(Object.entries(seen).map(([k, list]) => [k, median(list)]));
		console.log(
			`${name.padEnd(7)} performance ${m.performance} (${Math.min(...seen.performance)}–${Math.max(...seen.performance)})  accessibility ${m.accessibility}  ` +
				`FCP ${(m.fcp / 1000).toFixed(1)} s  LCP ${(m.lcp / 1000).toFixed(1)} s  TBT ${Math.round(m.tbt)} ms  CLS ${m.cls.toFixed(3)}`
		);
		failed ||= m.performance < AIM.performance || m.accessibility < AIM.accessibility;
	}
	console.log(`load of the machine: ${os.loadavg().map((n) => n.toFixed(1)).join(' ')} on ${os.cpus().length} cores`);
	process.exitCode = failed ? 1 : 0;
} finally {
	await end();
}
process.exit();
