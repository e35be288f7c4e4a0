import { classes } from '#lib/api/teacher.ts';
import { orError } from '#lib/load.ts';

export const load = async () => ({ classes: (await orError(classes())).items });
