import type { Paper } from '#lib/quiz/paper.svelte.ts';
import { slotOf } from '#lib/quiz/paper.svelte.ts';
import { toggle } from '#lib/quiz/response.ts';

/** The n-th thing that can be chosen (1–6): an option, a verdict or its reason, a sign. */
function choose(paper: Paper, n: number): void {
	const question = paper.question;
	if (!question || paper.stopped) return;
	const response = paper.responses[slotOf(question)] ?? null;
	const option = question.options[n - 1];
	if (question.kind === 'single' && option) paper.answer(question, { choice: option.key });
	else if (question.kind === 'multiple' && option)
		paper.answer(question, { choices: toggle(response?.choices, option.key) });
	else if (question.kind === 'true_false' && n <= 2)
		paper.answer(question, { ...response, verdict: n === 1 });
	else if (question.kind === 'true_false' && question.options[n - 3])
		paper.answer(question, { ...response, reason: question.options[n - 3]!.key });
	else if (question.kind === 'spot') {
		const part = (question.message?.parts ?? question.spots ?? [])[n - 1];
		if (part) paper.answer(question, { marks: toggle(response?.marks, part.key) });
	}
}

/** What a key asks of the page: a question to go to, the help, the review; or it is done here. */
export function keyed(event: KeyboardEvent, paper: Paper): number | 'help' | 'review' | undefined {
	if (event.altKey || event.ctrlKey || event.metaKey) return undefined;
	const target = event.target instanceof HTMLElement ? event.target : null;
	if (target?.closest('dialog, select, textarea')) return undefined;
	// Inside a radio group the arrows belong to the group.
	const radio = target instanceof HTMLInputElement && target.type === 'radio';
	if (event.key === 'ArrowRight' && !radio) return paper.index + 1;
	if (event.key === 'ArrowLeft' && !radio) return paper.index - 1;
	if (event.key === '?') return 'help';
	// On a button or link Enter presses that.
	if (event.key === 'Enter' && !target?.closest('button, a, summary'))
		return paper.index === paper.items.length - 1 ? 'review' : paper.index + 1;
	if (/^[1-6]$/.test(event.key)) choose(paper, Number(event.key));
	return undefined;
}
