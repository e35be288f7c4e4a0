// What a plan's figures say in words: nothing is promised that was not counted.

/** How many times as many households as the alphabet brings, one decimal; null when it brings none. */
export function factor(of: { households: number; alphabetical: number }): number | null {
	if (of.alphabetical < 1) return null;
	const times = Math.floor((of.households / of.alphabetical) * 10) / 10;
	return times > 1 ? times : null;
}

/** A whole number from an address or a field, within bounds; undefined for anything else. */
export function wholeNumber(
	text: string | null | undefined,
	least: number,
	most: number
): number | undefined {
	if (!/^\d{1,7}$/.test(text?.trim() ?? '')) return undefined;
	const n = Number(text);
	return n >= least && n <= most ? n : undefined;
}
