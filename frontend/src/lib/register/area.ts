import { coverage } from '../api/officer.ts';
import type { AreaRef } from '../api/types.ts';

/** A commune or province with what lies above it, for the head of a page about it. */
export async function areaOf(code: string): Promise<{ area: AreaRef; ancestors: AreaRef[] }> {
	const { area, ancestors } = await coverage(code);
	return { area, ancestors };
}
