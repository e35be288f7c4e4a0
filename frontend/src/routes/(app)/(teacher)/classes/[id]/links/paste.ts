import { normalCode, soundCode } from '#lib/code.ts';
import { fold } from '#lib/names.ts';

/**
 * Two pasted columns, a pupil's name and a household code, matched with pupils. A name that two
 * pupils have, that none has, or a code with a wrong character is left over.
 */
export function match(
	text: string,
	pupils: { person_id: string; student_name: string }[]
): { codes: Record<string, string>; left: number } {
	const codes: Record<string, string> = {};
	let left = 0;
	for (const line of text.split(/\r?\n/)) {
		if (!line.trim()) continue;
		const parts = line.split(/\t|;|,/).map((part) => part.trim());
		const code = parts.find((part) => soundCode(part));
		const rest = parts.filter((part) => part !== code).map(fold);
		const found = pupils.filter((one) => rest.includes(fold(one.student_name)));
		if (code && found.length === 1) codes[found[0]!.person_id] = normalCode(code);
		else left++;
	}
	return { codes, left };
}
