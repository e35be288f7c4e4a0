// In which of the two languages a text is: content that nobody has translated stays Vietnamese
// on an English page, and has to be read aloud, and announced, as such.
const MARKED = /[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵ\u1EA0-\u1EF9]/giu;

/** "vi" when the text carries Vietnamese letters beyond a name or two. */
export function tongueOf(text: string): 'vi' | 'en' {
	const letters = text.match(/\p{L}/gu)?.length ?? 0;
	const marked = text.normalize('NFC').match(MARKED)?.length ?? 0;
	return marked > letters * 0.06 ? 'vi' : 'en';
}

export interface Said {
	tongue: 'vi' | 'en';
	text: string;
}
/** Fewer letters than this, unmarked, say nothing about the language: "OTP.", "02033". */
const TELLING = 12;

/** A text in pieces of one language each: a page and its content may be in two. */
export function inTongues(text: string): Said[] {
	const pieces = text.match(/[^.!?…:]+[.!?…:]*\s*/gu) ?? [];
	const said: Said[] = [];
	for (const piece of pieces) {
		const own = tongueOf(piece);
		const letters = piece.match(/\p{L}/gu)?.length ?? 0;
		const last = said.at(-1);
		const tongue = own === 'en' && letters < TELLING ? (last?.tongue ?? tongueOf(text)) : own;
		if (last?.tongue === tongue) last.text += piece;
		else said.push({ tongue, text: piece });
	}
	return said;
}
