import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Nothing serious or critical by axe's rules on the page as it is now. */
export const clean = (page: Page, what: string): Promise<void> =>
	check(page, what, new AxeBuilder({ page }).withTags(TAGS));

/** The same page in the dark: only its colours are other ones. */
export async function cleanInTheDark(page: Page, what: string): Promise<void> {
	const theme = await page.evaluate(() => {
		const before = document.documentElement.dataset.theme;
		document.documentElement.dataset.theme = 'dark';
		return before;
	});
	await check(page, `${what}, dark`, new AxeBuilder({ page }).withRules('color-contrast'));
	await page.evaluate((before) => (document.documentElement.dataset.theme = before), theme);
}

async function check(page: Page, what: string, axe: AxeBuilder): Promise<void> {
	// From the top: what lies half under a sticky bar only because of the scroll is no fault.
	await page.evaluate(() => window.scrollTo({ top: 0 }));
	const { violations } = await axe.analyze();
	const bad = violations
		.filter((v) => v.impact === 'serious' || v.impact === 'critical')
		.map((v) => `${what}: ${v.id} – ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`);
	expect(bad).toEqual([]);
}
