import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// The Go server (make run); the dev server passes /api on to it.
const backend = process.env.NHASO_BACKEND ?? 'http://localhost:8080';

/** One hash over everything that makes the build: equal sources give an equal version. */
function sourceVersion(): string {
	const hash = createHash('sha256');
	for (const place of ['src', 'static', 'messages', 'package-lock.json']) {
		const entries = place.endsWith('.json')
			? [place]
			: readdirSync(place, { recursive: true, withFileTypes: true })
					.filter((entry) => entry.isFile() && !entry.parentPath.includes('paraglide'))
					.map((entry) => path.join(entry.parentPath, entry.name));
		for (const file of entries.sort()) hash.update(file).update(readFileSync(file));
	}
	return hash.digest('hex').slice(0, 12);
}

// What every page needs lies in one file: fewer requests, and one dictionary to compress with.
const base = new RegExp(
	[
		'node_modules/(svelte(?!/src/(reactivity/(set|map|date)|internal/client/dom/(blocks/svelte-element|elements/bindings/select)))|esm-env|devalue|clsx|@sveltejs/kit(?!/src/runtime/client/entry))/',
		'src/routes/\\+(layout|error)',
		'src/lib/(api/(client|early|problem|session)|offline/(db|remember)|session|prefs|announce|format|font|shown|worker|load|words\\.ts)',
		'src/lib/ui/(Icon|Brand|ErrorPage|Switches|icons)',
		'src/paraglide/runtime'
	].join('|')
);
// And what every page of a signed-in person needs, with the small things that pupils' pages
// share: each in a file of its own would be twelve requests for five kilobytes.
const pupil = new RegExp(
	[
		'src/lib/(api/(student|learn)|quiz/SaveWord|offline/progress)',
		'src/lib/ui/(Ring|Stale)',
		'src/routes/\\(app\\)/(\\+(layout|error)|\\(student\\)/\\+layout)',
		'src/paraglide/messages/(nav_(home|practice|certificate|household|main|account)\\.js|sign_out|next|previous|minutes|save_|stale_)',
		'src/paraglide/messages/(practice_start|question_n|lesson_(finished|goal))'
	].join('|')
);
const play =
	/src\/(lib\/scenario\/(engine|cond|variant|textmode)|paraglide\/messages\/sim_(band|tasks|text_mode))/;
const runs =
	/src\/(lib\/(api\/scenario|scenario\/(keep|modes|taken|outcome))|routes\/\(app\)\/\(student\)\/practice\/(ScenarioState|refusal)|paraglide\/messages\/(nav_practice|sim_(again|mode_|guided|assisted|alone|state_|refused_)))/;
const forms = /src\/(lib\/ui\/(Field|ErrorSummary)|paraglide\/messages\/(login_|sign_in))/;
const prose = /src\/lib\/(quiz\/(media|response)|ui\/Prose)/;
const question = /src\/lib\/quiz\/(Question|questions|paper)/;

const everywhere =
	/^(problem_|field_|app_|skip|loading|retry|page_|back|theme_to|language_switch|skill_|state_)/;
const PAPER = /^(completion_paper|verify_(valid|revoked)|app_motto)$/;
const OTHERS = new Set(
	`continue copied optional search assigned_due lesson_back_to_skill
	resume_quiz next_certificate lesson_practice class_name household_relation back_home
	skill_lessons nav_practice quiz_resume course_sources checked_on`.split(/\s+/)
);
const names = (file: string): Set<string> =>
	new Set(Object.keys(JSON.parse(readFileSync(`messages/${file}.vi.json`, 'utf8')) as object));
// A file for each word that two pages share would make the list of files longer than the words.
// Of those words only the first catalogue's: the others are of single pages.
const main = new Set(Object.keys(JSON.parse(readFileSync('messages/vi.json', 'utf8')) as object));
const common = (name: string) => main.has(name) && everywhere.test(name);
const staff = names('officer').add('bank_teach_link');
const learn = names('learn').union(names('family')).union(OTHERS);
/** Tells whether a module is the message of a name that is wanted. */
const word = (wanted: (name: string) => boolean) => (id: string) => {
	const name = /src\/paraglide\/messages\/(\w+)\.js$/.exec(id)?.[1];
	return name !== undefined && wanted(name);
};

/**
 * Kit hides its route announcer with a style attribute, which our Content-Security-Policy
 * rightly stops; a class of base.css does the same.
 */
const announcer: Plugin = {
	name: 'nhaso-announcer',
	enforce: 'post',
	transform(code) {
		if (!code.includes('svelte-announcer')) return null;
		return {
			code: code.replace(/(id="svelte-announcer"[^>]*?) style="[^"]*"/g, '$1 class="sr"'),
			map: null
		};
	}
};

/**
 * The list of all pages' files is part of every first visit, and what does not compress in it are
 * the hashes: four characters tell the versions of one file apart as well as eight (for scripts the
 * bundler asks for seven).
 */
const short = (pattern: string) =>
	pattern.replace('[hash]', pattern.endsWith('.js') ? '[hash:7]' : '[hash:4]');
const shortNames: Plugin = {
	name: 'nhaso-short-names',
	config: {
		order: 'post',
		handler({ build, environments }) {
			for (const options of [build, environments?.client?.build]) {
				const output = options?.rolldownOptions?.output;
				if (!output || Array.isArray(output)) continue;
				for (const key of ['entryFileNames', 'chunkFileNames', 'assetFileNames'] as const) {
					const pattern = output[key] as string | ((file: never) => string) | undefined;
					if (typeof pattern === 'string') output[key] = short(pattern);
					else if (pattern) output[key] = (file: unknown) => short(pattern(file as never));
				}
			}
		}
	}
};

export default defineConfig({
	plugins: [
		shortNames,
		announcer,
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/paraglide',
			strategy: ['localStorage', 'baseLocale'],
			outputStructure: 'message-modules'
		}),
		sveltekit({
			// dist keeps its .gitkeep (go:embed needs a file there), so the adapter writes
			// elsewhere and scripts/postbuild.mjs moves the result over.
			adapter: adapter({ pages: '.svelte-kit/dist', fallback: 'index.html', strict: false }),
			serviceWorker: { register: false },
			paths: { relative: false },
			version: { name: sourceVersion() }
		})
	],
	build: {
		// Lists of every page's files are two kilobytes on every first visit: what the first page needs is
		// asked for by src/shell/early.js, and once the worker is there every file lies on the device.
		modulePreload: {
			resolveDependencies: (_file, deps) => deps.filter((dep) => dep.endsWith('.css'))
		},
		target: ['chrome109', 'edge109', 'safari16.4', 'firefox115'],
		rolldownOptions: {
			output: {
				codeSplitting: {
					groups: [
						// Before the router: it may not run until the page's data is set.
						{ name: 'begin', test: /runtime\/client\/payload|preload-helper/ },
						{ name: 'base', test: (id: string) => base.test(id) || word(common)(id) },
						{ name: 'pupil', test: pupil },
						{ name: 'play', test: play, minShareCount: 2 },
						{ name: 'runs', test: runs, minShareCount: 2 },
						{ name: 'forms', test: forms, minShareCount: 2 },
						{ name: 'prose', test: prose, minShareCount: 2 },
						{ name: 'question', test: question, minShareCount: 2 },
						{ name: 'words-paper', test: word((name) => PAPER.test(name)), minShareCount: 2 },
						{ name: 'words-staff', test: word((name) => staff.has(name)), minShareCount: 2 },
						{ name: 'words-learn', test: word((name) => learn.has(name)), minShareCount: 2 }
					]
				}
			}
		}
	},
	server: { proxy: { '/api': backend } },
	preview: { proxy: { '/api': backend } },
	test: { include: ['src/**/*.test.ts'], environment: 'node' }
});
