import { draft } from '#lib/api/preview.ts';

export const load = async () => ({ draft: await draft() });
