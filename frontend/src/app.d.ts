import type { Me } from '#lib/api/types.ts';

/** The browser's offer to install the app; only some browsers make one. */
interface InstallOffer extends Event {
	prompt?(): Promise<unknown>;
}

declare global {
	interface Window {
		installOffer?: InstallOffer;
	}
	interface WindowEventMap {
		beforeinstallprompt: InstallOffer;
	}
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
