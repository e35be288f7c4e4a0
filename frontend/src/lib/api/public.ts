import { api, takeAs } from './client.ts';
import type * as T from './types.ts';

export const verify = (code: string) =>
	takeAs<T.Verification>(api.GET('/verify/{code}', { params: { path: { code } } }));
