/** A name without marks, lower case, đ as d: for finding, never for showing. */
export function fold(text: string): string {
	return text
		.normalize('NFD')
		.replace(/[\u0300-\u036f]/g, '')
		.replace(/đ/g, 'd')
		.replace(/Đ/g, 'd')
		.toLowerCase()
		.trim();
}
const collator = new Intl.Collator('vi');
/** Given name first (the last word), then the rest: how a Vietnamese class list is sorted. */
export function byGivenName(a: string, b: string): number {
	const given = (name: string) => name.trim().split(/\s+/).pop() ?? '';
	return collator.compare(given(a), given(b)) || collator.compare(a, b);
}
export const compareText = (a: string, b: string) => collator.compare(a, b);
