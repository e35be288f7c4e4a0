import { m } from '#paraglide/messages.js';
import type { Mode } from './types.ts';

const MODE: Record<Mode, { name: () => string; help: () => string }> = {
	guided: { name: m.sim_mode_guided, help: m.sim_mode_guided_help },
	assisted: { name: m.sim_mode_assisted, help: m.sim_mode_assisted_help },
	alone: { name: m.sim_mode_alone, help: m.sim_mode_alone_help }
};
export const modeName = (mode: Mode): string => MODE[mode]?.name() ?? mode;
export const modeHelp = (mode: Mode): string => MODE[mode]?.help() ?? '';
