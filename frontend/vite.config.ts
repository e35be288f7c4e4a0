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
		'src/lib/(api/(client|problem|session)|offline/(db|progress|remember)|session|prefs|announce|format|load)',
		'src/lib/ui/(Icon|Brand|Switches|icons)',
		'src/paraglide/(runtime|messages/(problem_|field_|app_|skip|loading|retry|page_|back|theme_to|language_switch))'
	].join('|')
);

/** Words that pupils' players share with the menu. */
const MENU = /^(nav_.*|sign_out|next|previous|question_n|lesson_(finished|goal)|practice_start)$/;
const PAPER = /^(completion_paper|verify_(valid|revoked)|app_motto)$/;
const OTHERS = new Set(
	`continue copied optional search assigned_due lesson_back_to_skill
	resume_quiz next_certificate lesson_practice class_name household_relation back_home
	skill_lessons nav_practice quiz_resume course_sources checked_on`.split(/\s+/)
);
const names = (file: string): Set<string> =>
	new Set(Object.keys(JSON.parse(readFileSync(`messages/${file}.vi.json`, 'utf8')) as object));
// A file for each word that two pages share would make the list of files longer than the words.
const staff = names('officer').add('bank_teach_link');
const learn = names('learn').union(names('family')).union(OTHERS);
/** Tells whether a module is the message of a name that is wanted. */
const word = (wanted: (name: string) => boolean) => (id: string) => {
	const name = /src\/paraglide\/messages\/(\w+)\.js$/.exec(id)?.[1];
	return name !== undefined && wanted(name);
};

const menu = word((name) => MENU.test(name));

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

export default defineConfig({
	plugins: [
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
		target: ['chrome109', 'edge109', 'safari16.4', 'firefox115'],
		rolldownOptions: {
			output: {
				codeSplitting: {
					groups: [
						{ name: 'base', test: base, minShareCount: 5 },
						// Otherwise a file of its own for each name that a page shares with the menu.
						{
							name: 'menu',
							test: (id) => id.includes('src/lib/officer/guard') || menu(id),
							minShareCount: 2
						},
						{
							name: 'question',
							test: /src\/lib\/(quiz\/(media|response)|ui\/Prose)/,
							minShareCount: 2
						},
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
