import { adultHome, type AdultHome } from '#lib/api/adults.ts';
import { asProblem } from '#lib/api/problem.ts';

export const load = async ({ params }) => {
	const code = params.code ?? '';
	let home: AdultHome | null = null;
	let problem: string | null = null;
	if (code) {
		try {
			home = await adultHome(code);
		} catch (error) {
			problem = asProblem(error).code;
		}
	}
	return { code, home, problem };
};
