import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Nothing serious or critical by axe's rules on the page as it is now. */
export async function clean(page: Page, what: string): Promise<void> {
	// From the top: what lies half under a sticky bar only because of the scroll is no fault.
	await page.evaluate(() => window.scrollTo({ top: 0 }));
	const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
	const bad = violations
		.filter((v) => v.impact === 'serious' || v.impact === 'critical')
		.map((v) => `${what}: ${v.id} – ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`);
	expect(bad).toEqual([]);
}
