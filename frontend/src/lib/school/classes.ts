import { classes } from '../api/teacher.ts';

export interface ClassChoice {
	id: string;
	name: string;
	year: string;
	/** The name, with the school year where it is not the newest. */
	text: string;
}

/** The classes of one school to choose from, the newest year first. */
export async function classChoices(schoolName: string): Promise<ClassChoice[]> {
	const { items } = await classes();
	const own = items.filter((one) => one.school_name === schoolName);
	const newest = own[0]?.school_year;
	return own.map((one) => ({
		id: one.id,
		name: one.name,
		year: one.school_year,
		text: one.school_year === newest ? one.name : `${one.name} (${one.school_year})`
	}));
}
/** Only those of the newest year: where somebody is to be put. */
export const ofNewest = (list: ClassChoice[]): ClassChoice[] =>
	list.filter((one) => one.year === list[0]?.year);
