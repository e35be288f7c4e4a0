// First passwords that can be read aloud and typed: syllables and digits, nothing alike.
const CONSONANTS = 'bcdghkmnprtvx';
const VOWELS = 'aeiuy';
const DIGITS = '23456789';

/** "tiba-xuke-ramo-472": 45 bits, for one sign-in before it must be changed. */
export function makePassword(): string {
	const syllable = () => pick(CONSONANTS) + pick(VOWELS);
	const word = () => syllable() + syllable();
	return `${word()}-${word()}-${word()}-${pick(DIGITS)}${pick(DIGITS)}${pick(DIGITS)}`;
}
function pick(from: string): string {
	const most = 256 - (256 % from.length);
	for (;;) {
		const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
		// Bytes past the last whole round would make the first letters likelier.
		if (byte < most) return from[byte % from.length] ?? '';
	}
}
