import { byCode, type Choice } from '#lib/api/consents.ts';
import { asProblem } from '#lib/api/problem.ts';

export const load = async ({ params }) => {
	const code = params.code ?? '';
	let choices: Choice[] = [];
	let problem: string | null = null;
	if (code) {
		try {
			choices = (await byCode(code)).items;
		} catch (error) {
			problem = asProblem(error).code;
		}
	}
	return { code, choices, problem };
};
