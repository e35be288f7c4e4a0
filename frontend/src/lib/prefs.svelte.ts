import { getLocale, setLocale } from '#paraglide/runtime.js';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'nhaso.theme';

function read(): Theme {
	try {
		const value = localStorage.getItem(KEY);
		return value === 'light' || value === 'dark' ? value : 'system';
	} catch {
		return 'system';
	}
}
const systemDark = () => matchMedia('(prefers-color-scheme: dark)').matches;
const resolve = (theme: Theme) => (theme === 'system' ? (systemDark() ? 'dark' : 'light') : theme);

class Prefs {
	theme = $state<Theme>(read());
	shown = $derived(resolve(this.theme));
}
export const prefs = new Prefs();

export function setTheme(theme: Theme): void {
	prefs.theme = theme;
	document.documentElement.dataset.theme = resolve(theme);
	try {
		if (theme === 'system') localStorage.removeItem(KEY);
		else localStorage.setItem(KEY, theme);
	} catch {
		// The choice then lasts until the page is left.
	}
}

export const english = (): boolean => getLocale() === 'en';
/** Switches the language; the page reloads in it, unsent answers are on the device. */
export function switchLanguage(): void {
	void setLocale(english() ? 'vi' : 'en');
}
/** The English text when the page is in English and there is one. */
export function inLocale(vi: string, en: string | undefined | null): string {
	return english() && en ? en : vi;
}
