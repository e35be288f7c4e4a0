import { courses } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';

export const load = async () => ({ courses: (await orError(courses())).items });
