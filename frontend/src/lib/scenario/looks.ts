// What each invented app is called and marked with. None resembles a real brand.
import { m } from '#paraglide/messages.js';
import {
	book,
	chat,
	device,
	fullscreen,
	globe,
	list,
	mail,
	phone,
	skillIcon
} from '../ui/icons.ts';
import type { AppLook, Element } from './types.ts';

const NAME: Record<AppLook, () => string> = {
	portal: m.sim_app_portal,
	shop: m.sim_app_shop,
	bank: m.sim_app_bank,
	inbox: m.sim_app_inbox,
	chat: m.sim_app_chat,
	call: m.sim_app_call,
	browser: m.sim_app_browser,
	camera: m.sim_app_camera,
	feed: m.sim_app_feed,
	app: m.sim_app_app,
	paper: m.sim_app_paper
};
const ICON: Record<AppLook, string> = {
	portal: skillIcon.public_services!,
	shop: skillIcon.online_shopping!,
	bank: skillIcon.online_payment!,
	inbox: mail,
	chat,
	call: phone,
	browser: globe,
	camera: fullscreen,
	feed: list,
	app: device,
	paper: book
};
export const appName = (app: AppLook): string => NAME[app]?.() ?? '';
export const appIcon = (app: AppLook): string => ICON[app] ?? device;

const KIND: Record<Element['kind'], () => string> = {
	text: m.sim_kind_text,
	note: m.sim_kind_note,
	image: m.sim_kind_image,
	row: m.sim_kind_row,
	item: m.sim_kind_item,
	message: m.sim_kind_message,
	review: m.sim_kind_review,
	link: m.sim_kind_link,
	qr: m.sim_kind_qr,
	field: m.sim_kind_field
};
export const kindName = (kind: Element['kind']): string => KIND[kind]();

const DIFFICULTY = { easy: m.sim_easy, medium: m.sim_medium, hard: m.sim_hard };
export const difficultyName = (level: keyof typeof DIFFICULTY | undefined): string =>
	level ? DIFFICULTY[level]() : '';
