import { exportLog } from '#lib/api/gradebook.ts';
import { orError } from '#lib/load.ts';

export const load = async () => ({ lines: (await orError(exportLog())).items });
