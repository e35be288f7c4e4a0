// What is read out of a quiz question: the question, what belongs to it, then what can be
// chosen, in the order on screen.
import type { QuestionView } from '../api/types.ts';
import { speakable } from '../family/speakable.ts';

const ENTITIES: Record<string, string> = {
	'&lt;': '<',
	'&gt;': '>',
	'&quot;': '"',
	'&#39;': "'",
	'&#34;': '"',
	'&nbsp;': ' ',
	'&amp;': '&'
};
/** The words of sanitised inline HTML. */
const words = (html: string): string =>
	html.replace(/<[^>]*>/g, '').replace(/&[#\w]+;/g, (entity) => ENTITIES[entity] ?? ' ');

export function questionAloud(question: QuestionView): string {
	const { stem, image, message, options, lefts, rights, spots } = question;
	return speakable([
		words(stem),
		image?.alt,
		message?.sender,
		...(message?.parts ?? []).map((part) => part.text),
		...options.map((option) => option.text),
		...lefts.map((left) => left.text),
		...rights.map((right) => right.text),
		...(spots ?? []).map((spot) => spot.label)
	]);
}
