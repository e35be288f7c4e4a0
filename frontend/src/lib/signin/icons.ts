// The pictures of class secrets. icons.json is the file that the printed cards use too.
import { m } from '#paraglide/messages.js';
import paths from './icons.json';

export type IconKey = keyof typeof paths;
export const ICONS = Object.keys(paths) as IconKey[];
export const iconPath = (key: IconKey): string => paths[key];

const NAMES: Record<IconKey, () => string> = {
	sun: m.icon_sun,
	moon: m.icon_moon,
	star: m.icon_star,
	heart: m.icon_heart,
	fish: m.icon_fish,
	boat: m.icon_boat,
	mountain: m.icon_mountain,
	house: m.icon_house,
	tree: m.icon_tree,
	flower: m.icon_flower,
	umbrella: m.icon_umbrella,
	key: m.icon_key
};
/** What a screen reader says, and what stands on the card. */
export const iconName = (key: IconKey): string => NAMES[key]();
