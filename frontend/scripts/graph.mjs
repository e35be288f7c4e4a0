// Which built files a route needs, read from Vite's manifest and Kit's node modules.
// Used by the size gate (exact first-load bytes) and by the service worker's precache list.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const NODES = '.svelte-kit/generated/build/client-optimized/nodes';
const ENTRY = [
	'runtime/client/entry.js',
	'runtime/client/client-entry.js',
	'runtime/client/payload.js'
];

/** @typedef {{ file: string, css?: string[], assets?: string[], imports?: string[], dynamicImports?: string[] }} Chunk */

/** @param {string} root frontend folder */
export function readGraph(root) {
	/** @type {Record<string, Chunk>} */
	const manifest = JSON.parse(
		readFileSync(path.join(root, '.svelte-kit/output/client/.vite/manifest.json'), 'utf8')
	);
	/** @type {Map<string, string>} manifest key of each node, by its route file */
	const nodes = new Map();
	for (const name of readdirSync(path.join(root, NODES))) {
		const text = readFileSync(path.join(root, NODES, name), 'utf8');
		for (const match of text.matchAll(
			/src\/routes\/([^"']*\+(?:page|layout|error)(?:@[^."']*)?\.(?:svelte|ts))/g
		)) {
			// "+page@.svelte" stands outside the layouts above it; here it is a page like any other.
			nodes.set(String(match[1]).replace(/@[^./]*(?=\.)/, ''), `${NODES}/${name}`);
		}
	}
	return { manifest, nodes };
}

/**
 * Every file the browser loads for a first visit of a route: entry, layouts and error pages
 * (Kit fetches them at once) of the folders above, the page, and all their static imports (dynamic ones are lazy).
 * @param {ReturnType<typeof readGraph>} graph
 * @param {string} route folder under src/routes, for example "(app)/(student)/home"
 * @param {{ lazy?: boolean }} [options] lazy: also what the route imports on demand
 */
export function filesOf(graph, route, options = {}) {
	const { manifest, nodes } = graph;
	/** @type {string[]} */
	const roots = Object.keys(manifest).filter(
		(key) => ENTRY.some((e) => key.endsWith(e)) || key.endsWith('client-optimized/app.js')
	);
	const parts = route.split('/').filter(Boolean);
	for (let depth = 0; depth <= parts.length; depth++) {
		const folder = parts.slice(0, depth).join('/');
		for (const name of ['+layout.svelte', '+layout.ts', '+error.svelte']) {
			const key = nodes.get(folder ? `${folder}/${name}` : name);
			if (key) roots.push(key);
		}
	}
	const page = nodes.get(`${route ? route + '/' : ''}+page.svelte`);
	if (!page) throw new Error(`no page for route ${route}`);
	roots.push(page);

	const seen = new Set();
	const files = new Set();
	/** @param {string} key */
	const visit = (key) => {
		if (seen.has(key)) return;
		seen.add(key);
		const chunk = manifest[key];
		if (!chunk) return;
		files.add(chunk.file);
		for (const css of chunk.css ?? []) files.add(css);
		for (const asset of chunk.assets ?? []) files.add(asset);
		for (const next of chunk.imports ?? []) visit(next);
		// The app's own entry imports every page on demand: that is not "this route".
		if (!options.lazy || key.includes('client-optimized/app.js')) return;
		for (const next of chunk.dynamicImports ?? []) visit(next);
	};
	roots.forEach(visit);
	return [...files].sort();
}
