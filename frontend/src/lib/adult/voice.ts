// The pupils' pages say "em". Somebody grown up, with an account of a household, reads the same
// pages: here are the few texts that then read otherwise. They are put in place where they
// stand, so that no pupil's page carries a second wording. Content of the courses is let be:
// there "em" may be anybody.
import texts from './texts.json';

/** A placeholder of the catalogue. */
const GAP = /\\\{(\w+)\\\}/g;
interface Wording {
	pupil: RegExp;
	adult: string;
}
const wordings: Wording[] = Object.values(texts as unknown as Record<string, [string, string]>).map(
	([pupil, adult]) => ({
		pupil: new RegExp(
			`^${pupil.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(GAP, '(?<$1>.*)')}$`,
			's'
		),
		adult
	})
);
const JOINED = ' · ';
/** What no text of the list could be: most of what is on a page. */
const SPOKEN = /(?<!\p{L})em(?!\p{L})/iu;

function one(text: string): string {
	const bare = text.trim();
	for (const { pupil, adult } of wordings) {
		const found = pupil.exec(bare);
		if (!found) continue;
		const said = adult.replace(/\{(\w+)\}/g, (_, name: string) => found.groups?.[name] ?? '');
		return text.replace(bare, () => said);
	}
	return text;
}
/** The same text for somebody grown up; what is not in the list stays as it is. */
export function toAdult(text: string): string {
	if (!SPOKEN.test(text)) return text;
	const whole = one(text);
	return whole === text ? text.split(JOINED).map(one).join(JOINED) : whole;
}

const SPOKEN_IN = ['aria-label', 'title', 'placeholder'];
function put(node: Node): void {
	if (node instanceof Text) {
		const said = toAdult(node.data);
		if (said !== node.data) node.data = said;
	} else if (node instanceof Element) {
		for (const name of SPOKEN_IN) {
			const value = node.getAttribute(name);
			const said = value && toAdult(value);
			if (said && said !== value) node.setAttribute(name, said);
		}
		for (const child of node.childNodes) put(child);
	}
}
/** Until it is stopped the page speaks to somebody grown up: what is there, and what comes. */
export function speakToAdult(): () => void {
	put(document.documentElement);
	const watch = new MutationObserver((changes) => {
		for (const { type, target, addedNodes } of changes) {
			if (type === 'childList') addedNodes.forEach(put);
			else put(target);
		}
	});
	watch.observe(document.documentElement, {
		subtree: true,
		childList: true,
		characterData: true,
		attributeFilter: SPOKEN_IN
	});
	return () => watch.disconnect();
}
