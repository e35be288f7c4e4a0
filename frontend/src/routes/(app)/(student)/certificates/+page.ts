import { certificate } from '#lib/api/student.ts';
import { orError } from '#lib/load.ts';

export const load = async () => orError(certificate());
