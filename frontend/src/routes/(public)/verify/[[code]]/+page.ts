import { verify } from '#lib/api/public.ts';
import { asProblem } from '#lib/api/problem.ts';
import type { Verification } from '#lib/api/types.ts';

export const load = async ({ params }) => {
	const code = params.code ?? '';
	let found: Verification | null = null;
	let problem: string | null = null;
	let rule = '';
	let reason = '';
	if (code) {
		try {
			found = await verify(code);
			// The first visit only shows the field for a code: these words come with an answer.
			rule = (await import('#lib/words-rule.ts')).ruleName(found.rule_version);
			if (found.revocation_reason_code)
				reason = (await import('#lib/words-people.ts')).reasonName(found.revocation_reason_code);
		} catch (error) {
			problem = asProblem(error).code;
		}
	}
	return { code, found, problem, rule, reason };
};
