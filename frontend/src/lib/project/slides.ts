// What goes on the wall, one slide at a time.
import type { ProjectedLesson, ProjectedQuestion, Reteach, WrongChoice } from '../api/items.ts';
import type { Card } from '../api/types.ts';

export type Slide =
	| { kind: 'card'; card: Card }
	| { kind: 'question'; q: ProjectedQuestion; step: 'practice' | 'twin' }
	| { kind: 'missed'; q: ProjectedQuestion; n: number; missed: number; wrong: WrongChoice | null }
	| { kind: 'example'; title: string; html: string };

/** Cards first, then the practice questions; a deck may also begin with the questions. */
export function lessonSlides(lesson: ProjectedLesson): Slide[] {
	return [
		...(lesson.lesson?.cards ?? []).map((card): Slide => ({ kind: 'card', card })),
		...lesson.questions.map((q): Slide => ({ kind: 'question', q, step: 'practice' }))
	];
}

/** Three slides a missed question: what went wrong, how it is done, a like one to try. */
export function reteachSlides(cards: Reteach['cards']): Slide[] {
	return cards.flatMap(({ question: q, n, missed, wrong, twin }) => {
		const slides: Slide[] = [{ kind: 'missed', q, n, missed, wrong }];
		const html = q.worked_example || q.explain;
		if (html) slides.push({ kind: 'example', title: q.question.stem, html });
		if (twin) slides.push({ kind: 'question', q: twin, step: 'twin' });
		return slides;
	});
}

/** Pictures of all slides, to be fetched while there is a network. */
export function pictures(slides: Slide[]): string[] {
	return slides.flatMap((s) => {
		const image =
			s.kind === 'card' ? s.card.image : s.kind === 'example' ? null : s.q.question.image;
		return image ? [image.src] : [];
	});
}

export type Move = 'next' | 'back' | 'first' | 'last' | 'reveal' | 'hint' | 'leave';
/** Keyboard and remote clickers; those send PageDown, PageUp and, for a black screen, "." or "b". */
export function moveOf(key: string): Move | null {
	switch (key) {
		case 'ArrowRight':
		case 'ArrowDown':
		case 'PageDown':
		case ' ':
			return 'next';
		case 'ArrowLeft':
		case 'ArrowUp':
		case 'PageUp':
			return 'back';
		case 'Home':
			return 'first';
		case 'End':
			return 'last';
		case 'r':
		case 'R':
		case 'b':
		case '.':
			return 'reveal';
		case 'h':
		case 'H':
			return 'hint';
		case 'Escape':
			return 'leave';
	}
	return null;
}
export const letter = (i: number): string => String.fromCharCode(65 + i);
