import { error, isHttpError, isRedirect } from '@sveltejs/kit';
import { asProblem } from './api/problem.ts';

/** For page loads: a refusal of the API becomes the error page, in words by its code. */
export async function orError<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (caught) {
		if (isRedirect(caught) || isHttpError(caught)) throw caught;
		const problem = asProblem(caught);
		const status = problem.status >= 400 && problem.status < 600 ? problem.status : 503;
		error(status, { message: problem.code, code: problem.code });
	}
}
