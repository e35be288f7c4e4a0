// In which of the two languages a text is: content that nobody has translated stays Vietnamese
// on an English page, and has to be read aloud, and announced, as such.
const MARKED = /[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵ\u1EA0-\u1EF9]/giu;

/** "vi" when the text carries Vietnamese letters beyond a name or two. */
export function tongueOf(text: string): 'vi' | 'en' {
	const letters = text.match(/\p{L}/gu)?.length ?? 0;
	const marked = text.normalize('NFC').match(MARKED)?.length ?? 0;
	return marked > letters * 0.06 ? 'vi' : 'en';
}
