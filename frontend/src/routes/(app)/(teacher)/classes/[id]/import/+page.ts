import { board } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async ({ params }) => ({ klass: (await orError(board(params.id))).class });
