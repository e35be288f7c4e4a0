import { api, take } from './client.ts';

export const changePassword = (current: string, next: string) =>
	take(api.PUT('/me/password', { body: { current, new: next } }));
export const startSecondFactor = () => take(api.POST('/me/second-factor'));
export const confirmSecondFactor = (code: string) =>
	take(api.POST('/me/second-factor/confirmation', { body: { code } }));
export const stopSecondFactor = (code: string) =>
	take(api.DELETE('/me/second-factor', { body: { code } }));
