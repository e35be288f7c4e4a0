// Icons of our own: 24 px grid, 2 px round strokes. One path string each, so that a page
// carries only those it names.
export const skillIcon: Record<string, string> = {
	public_services: 'M4 10 12 4l8 6M5 10h14M7 10v7M12 10v7M17 10v7M4 20h16M5 17h14',
	online_shopping: 'M5 8h14l-1 12H6zM9 8V7a3 3 0 0 1 6 0v1',
	online_payment: 'M3 6h18v12H3zM3 10h18M7 15h3',
	self_protection: 'M12 3 5 6v5c0 5 3 8 7 10 4-2 7-5 7-10V6zM9 12l2 2 4-4',
	local_platforms:
		'M12 21c4-5 7-8 7-11a7 7 0 0 0-14 0c0 3 3 6 7 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z'
};
export const check = 'M5 13l4 4L19 7';
export const cross = 'M6 6l12 12M18 6 6 18';
export const chevronRight = 'M9 5l7 7-7 7';
export const chevronLeft = 'M15 5l-7 7 7 7';
export const chevronUp = 'M5 15l7-7 7 7';
export const chevronDown = 'M5 9l7 7 7-7';
export const home = 'M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-5h4v5';
export const award = 'M12 14a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM9 13l-1.5 8L12 18l4.5 3L15 13';
export const house = 'M3 11.5 12 4l9 7.5M5.5 9.5V20h13V9.5M9 14.5l2 2 4-4';
export const clock = 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2';
export const cloudCheck =
	'M7 18a4 4 0 0 1-.5-8A6 6 0 0 1 18 9.5a4 4 0 0 1-.5 8.5zM9.5 13.5l2 2 3.5-3.5';
export const device = 'M7 3h10v18H7zM11 18h2';
export const alert = 'M12 4 2.5 20h19zM12 10v4M12 17v.5';
export const info = 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.3';
export const speaker = 'M4 10v4h3l5 4V6L7 10zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11';
export const stop = 'M7 7h10v10H7z';
export const sun =
	'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4';
export const moon = 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z';
export const logout = 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9';
export const user = 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0';
export const users =
	'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 5a3.5 3.5 0 0 1 0 6.5M18 14.5a6.5 6.5 0 0 1 3.5 5.5';
export const map = 'M9 4 3 6.5v13L9 17l6 2.5 6-2.5V4l-6 2.5zM9 4v13M15 6.5v13';
export const book =
	'M4 5h6a2 2 0 0 1 2 2v13a2 2 0 0 0-2-2H4zM20 5h-6a2 2 0 0 0-2 2v13a2 2 0 0 1 2-2h6z';
export const quiz = 'M6 3h9l4 4v14H6zM9 12l1.5 1.5L13.5 10M9 17h6';
export const play = 'M8 5l11 7-11 7z';
export const bulb = 'M9 18h6M10 21h4M12 3a6 6 0 0 0-3.5 10.9V16h7v-2.1A6 6 0 0 0 12 3z';
export const flag = 'M6 21V4M6 5h11l-2 4 2 4H6';
export const print = 'M7 9V4h10v5M5 9h14v8h-3M8 17H5M8 14h8v6H8z';
export const search = 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4';
export const download = 'M12 4v11M8 11l4 4 4-4M5 20h14';
export const upload = 'M12 16V5M7 9l5-5 5 5M4 17v3h16v-3';
export const link =
	'M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 6 6l1-1';
export const key = 'M15 13a5 5 0 1 0-4.6-3L3 17.5V21h3.5v-2.5H9V16l2-2.5';
export const copy = 'M9 9h11v11H9zM5 15H4V4h11v1';
export const mail = 'M3 6h18v12H3zM3 7l9 6 9-6';
export const chat = 'M4 5h16v11H10l-5 4v-4H4z';
export const phone =
	'M6 3h4l1.5 5-2.5 1.5a12 12 0 0 0 5.500 5.500L16 12.500 21 14v4a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z';
export const globe =
	'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18';
export const qr =
	'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 20h2';
export const fullscreen = 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5';
export const list = 'M8 6h12M8 12h12M8 18h12M4 6h.5M4 12h.5M4 18h.5';
export const wifiOff =
	'M3 3l18 18M5 12.500a10 10 0 0 1 4-2.300M2 9a15 15 0 0 1 4-2.600M10 5a15 15 0 0 1 12 4M15 10.500a10 10 0 0 1 4 2M8.500 16a5 5 0 0 1 7 0M12 20v.3';
