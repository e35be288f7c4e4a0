import { invitation } from '#lib/api/family.ts';
import { asProblem } from '#lib/api/problem.ts';
import { drop, held, hold } from '#lib/family/held.ts';
import { plainCode } from '#lib/family/rules.ts';

/**
 * No sign-in, and nothing is asked about one: on a shared phone this is a page like any
 * other. What was said here and waits, or was acknowledged, is shown before the code is
 * asked for again: a used code answers like a wrong one.
 */
export const load = async ({ params, url, depends }) => {
	depends('app:invitation');
	const code = plainCode(params.code);
	const shared = url.searchParams.has('shared');
	const kept = held(code);
	if (kept?.done || kept?.send) return { code, shared, kept, problem: '' };
	try {
		const invited = await invitation(code);
		const next = { ...kept, until: invited.expires_at, invitation: invited };
		hold(code, next);
		return { code, shared, kept: next, problem: '' };
	} catch (error) {
		const problem = asProblem(error);
		if (problem.code === 'not_found') drop(code);
		else if (kept?.invitation) return { code, shared, kept, problem: '' };
		return { code, shared, kept: null, problem: problem.code };
	}
};
