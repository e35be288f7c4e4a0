// What a correction of the own data is to say, as it is typed.
export interface Wished {
	full_name: string;
	birth_date: string;
	gender: string;
	ministry_code: string;
}
export const nothingWished = (): Wished => ({
	full_name: '',
	birth_date: '',
	gender: '',
	ministry_code: ''
});
/** The fields that somebody filled in. */
export const wished = (wishes: Wished): Record<string, string> =>
	Object.fromEntries(
		Object.entries(wishes)
			.map(([field, value]: [string, string]) => [field, value.trim()] as const)
			.filter(([, value]) => value)
	);
