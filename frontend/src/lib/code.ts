// Public codes as the server makes them (models/code.go): no look-alikes, a check character last.
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** A code as people type or scan it: an address that ends in it, spaces, dashes, small letters. */
export const normalCode = (text: string) =>
	(text.trim().split('/').pop() ?? '').toUpperCase().replace(/[\s-]/g, '');

/** Whether every character is one of ours and the last one fits the others. */
export function soundCode(text: string): boolean {
	const code = normalCode(text);
	if (code.length < 4 || code.length > 30) return false;
	const at = [...code].map((letter) => ALPHABET.indexOf(letter));
	if (at.includes(-1)) return false;
	const sum = at.slice(0, -1).reduce((total, value, n) => total + (n + 1) * value, 0);
	return sum % ALPHABET.length === at[at.length - 1];
}
