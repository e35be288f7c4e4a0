/** The school year of a civil day, from 1 August, and the one after it. */
export function schoolYears(day: string): string[] {
	const [year = 0, month = 0] = day.split('-').map(Number);
	const from = month >= 8 ? year : year - 1;
	return [`${from}-${from + 1}`, `${from + 1}-${from + 2}`];
}
