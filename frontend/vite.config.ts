import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { defineConfig } from 'vitest/config';

// The Go server (make run) or `nhaso demo`; the dev server passes /api on to it.
const backend = process.env.NHASO_BACKEND ?? 'http://localhost:8080';

export default defineConfig({
	plugins: [
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/paraglide',
			strategy: ['localStorage', 'baseLocale'],
			outputStructure: 'message-modules'
		}),
		sveltekit({
			// dist keeps its .gitkeep (go:embed needs a file there), so the adapter writes
			// to build/ and scripts/postbuild.mjs moves the result over.
			adapter: adapter({ pages: '.svelte-kit/dist', fallback: 'index.html', strict: false }),
			serviceWorker: { register: false },
			paths: { relative: false }
		})
	],
	build: { target: ['chrome109', 'edge109', 'safari16.4', 'firefox115'] },
	server: { proxy: { '/api': backend } },
	preview: { proxy: { '/api': backend } },
	test: { include: ['src/**/*.test.ts', 'tests/unit/**/*.test.ts'], environment: 'node' }
});
