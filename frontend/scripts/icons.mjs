// Draws the PNG icons of the manifest from static/icon.svg, with the browser of the tests.
// Run by hand when the icon changes: node scripts/icons.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const folder = fileURLToPath(new URL('../static', import.meta.url));
const svg = readFileSync(path.join(folder, 'icon.svg'), 'utf8');
// Systems cut a maskable icon to their own shape: full bleed, the drawing within the inner 80 %.
const masked = svg
	.replace(' rx="8"', '')
	.replace(
		/(<rect[^>]*\/>)(.*)<\/svg>/s,
		'$1<g transform="translate(3.2 3.2) scale(.8)">$2</g></svg>'
	);

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	args: ['--no-sandbox']
});
const page = await browser.newPage();
for (const [name, drawing] of [
	['icon', svg],
	['icon-maskable', masked]
]) {
	for (const size of [192, 512]) {
		await page.setViewportSize({ width: size, height: size });
		await page.setContent(
			`<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${drawing}`
		);
		const file = path.join(folder, `${name}-${size}.png`);
		writeFileSync(file, await page.screenshot({ omitBackground: true }));
	}
}
await browser.close();
