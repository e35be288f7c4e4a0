import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// The server is started by the caller (scripts/e2e.sh): BASE_URL says where it is.
const system = process.env.CHROMIUM ?? '/usr/bin/chromium';

export default defineConfig({
	testDir: 'tests/e2e',
	outputDir: 'test-results',
	// One province, one story: the specs change the same figures, so they run one by one.
	workers: 1,
	fullyParallel: false,
	// A machine may hiccup once in forty minutes of browsers: a second try is listed as flaky, with
	// its name, and is a bug to find. `--retries 0` shows them at once.
	retries: 1,
	timeout: 120_000,
	expect: { timeout: 15_000 },
	reporter: [['list']],
	use: {
		baseURL: process.env.BASE_URL ?? 'http://127.0.0.1:8080',
		locale: 'vi-VN',
		timezoneId: 'Asia/Ho_Chi_Minh',
		screenshot: 'only-on-failure',
		actionTimeout: 20_000,
		launchOptions: {
			...(existsSync(system) ? { executablePath: system } : {}),
			// Chromium refuses its sandbox when run as root, as in a container.
			args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
		}
	},
	// In this order, one by one: the chain moves figures.
	projects: [
		'offline',
		'device',
		'failures',
		'speed',
		'chain',
		'certificate',
		'family',
		'learn',
		'preview',
		'monitor',
		'a11y',
		'scenarios',
		'banks',
		'firstuse',
		'signin',
		'items',
		'gradebook',
		'school',
		'roster',
		'consent',
		'classroom',
		'assign',
		'campaign',
		'register',
		'coverage',
		'signoff',
		'reports',
		'rights',
		'walk',
		'gaps',
		'year',
		// Pictures are taken where somebody asks for them.
		...(process.env.E2E_PICTURES ? ['screens'] : [])
	]
		// It ends lessons for its pictures: after everything else.
		.concat('guide')
		.map((name) => ({
			name,
			testMatch: `${name}.spec.ts`
		}))
});
