import type { Me } from '#lib/api/types.ts';

declare global {
	namespace App {
		interface Error {
			message: string;
			/** Problem code of the API, for the words on the error page. */
			code?: string;
		}
		interface PageData {
			me?: Me | null;
		}
	}
}
export {};
