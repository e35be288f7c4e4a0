import { verify } from '#lib/api/public.ts';
import { asProblem } from '#lib/api/problem.ts';
import type { Verification } from '#lib/api/types.ts';

export const load = async ({ params }) => {
	const code = params.code ?? '';
	let found: Verification | null = null;
	let problem: string | null = null;
	if (code) {
		try {
			found = await verify(code);
		} catch (error) {
			problem = asProblem(error).code;
		}
	}
	return { code, found, problem };
};
