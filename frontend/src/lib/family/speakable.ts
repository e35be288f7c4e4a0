/** Parts of a page as one text to be read out: each gets its end, so that the voice pauses. */
export function speakable(parts: (string | undefined)[]): string {
	return parts
		.map((part) => (part ?? '').replace(/\s+/g, ' ').trim())
		.filter(Boolean)
		.map((part) => (/[.!?…:]$/.test(part) ? part : `${part}.`))
		.join(' ');
}
