import { api, apiFetch, BASE, take } from './client.ts';
import { ApiProblem } from './problem.ts';
import type { CourseDetail, Lesson, Response } from './types.ts';
import type { PackQuestion } from '../offline/pack.ts';
import type { Scenario } from '../scenario/types.ts';

export interface Pack {
	course: CourseDetail;
	lessons: Lesson[];
	questions: PackQuestion[];
	scenarios: Scenario[];
	media: { name: string; type: string; bytes: number }[];
}
export const coursePack = (course: string): Promise<Pack> =>
	take(api.GET('/courses/{course}/pack', { params: { path: { course } } })) as Promise<Pack>;

/** A picture with its headers, to be laid into the cache as it came. */
export async function picture(name: string): Promise<globalThis.Response> {
	const url = `${BASE}/media/${encodeURIComponent(name)}`;
	const reply = await apiFetch(new Request(new URL(url, location.origin)));
	if (!reply.ok) throw new ApiProblem(reply.status, {});
	return reply;
}

export interface Try {
	id: string;
	course_key: string;
	question_key: string;
	question_hash: string;
	options: number[];
	lefts: number[];
	response: Response;
}
export const recordTries = (tries: Try[]) =>
	take(api.POST('/practice-answers/offline', { body: { tries } }));
