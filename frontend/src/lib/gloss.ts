// Marks the first use of each glossary word in a card, so that a tap explains it.
import type { Term } from './api/types.ts';

/** Wraps first occurrences (whole words, any case) in buttons; returns how to undo it. */
export function markTerms(
	root: HTMLElement,
	terms: Term[],
	open: (term: Term) => void
): () => void {
	const made: HTMLButtonElement[] = [];
	// Longer words first: "mã OTP" before "OTP".
	for (const term of [...terms].sort((a, b) => b.term.length - a.term.length)) {
		const button = wrapFirst(root, term.term);
		if (!button) continue;
		button.addEventListener('click', () => open(term));
		made.push(button);
	}
	return () => {
		for (const button of made) button.replaceWith(...button.childNodes);
		root.normalize();
	};
}

function wrapFirst(root: HTMLElement, word: string): HTMLButtonElement | null {
	// "AI" is not the word "ai" (who): what is written in capitals is matched as written.
	const flags = word === word.toUpperCase() ? 'u' : 'iu';
	// No look-behind: Safari before 16.4 refuses the whole expression.
	const pattern = new RegExp(`(^|[^\\p{L}\\p{N}])(${escape(word)})(?![\\p{L}\\p{N}])`, flags);
	const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node; node = walker.nextNode()) {
		if (node.parentElement?.closest('button, a')) continue;
		const match = pattern.exec(node.textContent ?? '');
		if (!match) continue;
		const range = document.createRange();
		const start = match.index + (match[1]?.length ?? 0);
		range.setStart(node, start);
		range.setEnd(node, start + (match[2]?.length ?? 0));
		const button = document.createElement('button');
		button.type = 'button';
		button.className = 'gloss';
		range.surroundContents(button);
		return button;
	}
	return null;
}
const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
