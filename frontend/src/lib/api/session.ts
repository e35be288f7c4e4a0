import { api, take } from './client.ts';

export const signIn = (username: string, password: string, code?: string) =>
	take(
		api.POST('/sessions', {
			body: { username, password, cookies: true, ...(code ? { code } : {}) }
		})
	);
export const signOut = () => take(api.DELETE('/sessions/current'));
export const signOutEverywhere = () => take(api.DELETE('/sessions'));
export const getMe = () => take(api.GET('/me'));
