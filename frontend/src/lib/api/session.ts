import { api, take, takeAs } from './client.ts';
import type * as T from './types.ts';

export const signIn = (username: string, password: string, code?: string) =>
	takeAs<{ expires_in: number; me: T.Me }>(
		api.POST('/sessions', {
			body: { username, password, cookies: true, ...(code ? { code } : {}) }
		})
	);
export const signOut = () => take(api.DELETE('/sessions/current'));
export const signOutEverywhere = () => take(api.DELETE('/sessions'));
export const getMe = () => takeAs<T.Me>(api.GET('/me'));
