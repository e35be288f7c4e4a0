import { m } from '#paraglide/messages.js';

/** Why the server did not take a run, in words. */
export function refusalText(code: string | undefined): string {
	if (code === 'out_of_date') return m.sim_refused_out_of_date();
	if (code === 'log_reused') return m.sim_refused_log_reused();
	return m.sim_refused_other();
}
