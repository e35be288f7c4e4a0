import { api, take } from './client.ts';

export const verify = (code: string) =>
	take(api.GET('/verify/{code}', { params: { path: { code } } }));
