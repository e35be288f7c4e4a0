// Problem words about answers that come late; importing this file adds them.
import { m } from '#paraglide/messages.js';
import { addWords } from '../api/problem.ts';

addWords(
	{
		late_taken: m.late_taken,
		results_released: m.late_results_released,
		settled: m.late_settled,
		still_open: m.late_still_open,
		submitted: m.late_submitted,
		too_late: m.late_too_late
	},
	{}
);
