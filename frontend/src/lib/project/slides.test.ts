import { describe, expect, it } from 'vitest';
import type { ProjectedQuestion, ReteachCard } from '../api/items.ts';
import { lessonSlides, letter, moveOf, pictures, reteachSlides } from './slides.ts';

const q = (key: string, more: Partial<ProjectedQuestion> = {}): ProjectedQuestion => ({
	question: {
		question_key: key,
		kind: 'single',
		stem: key,
		image: null,
		options: [],
		lefts: [],
		rights: [],
		message: null,
		spots: null
	},
	key: { choice: '1' },
	hints: [],
	explain: '',
	worked_example: '',
	...more
});
const card = (question: ProjectedQuestion, twin: ProjectedQuestion | null): ReteachCard => ({
	course_key: 'c',
	course_title: 'C',
	n: 4,
	missed: 3,
	wrong: null,
	question,
	twin
});

describe('slides', () => {
	it('makes up to three of a missed question', () => {
		const kinds = (cards: ReteachCard[]) => reteachSlides(cards).map((s) => s.kind);
		expect(kinds([card(q('a', { worked_example: 'x' }), q('b'))])).toEqual([
			'missed',
			'example',
			'question'
		]);
		expect(kinds([card(q('a', { explain: 'x' }), null)])).toEqual(['missed', 'example']);
		expect(kinds([card(q('a'), null), card(q('b'), q('c'))])).toEqual([
			'missed',
			'missed',
			'question'
		]);
	});
	it('shows cards, then questions, and knows their pictures', () => {
		const withImage = q('a');
		withImage.question.image = { src: 'p.svg', alt: 'P' };
		const slides = lessonSlides({
			lesson: {
				key: 'l',
				title: 'L',
				title_en: '',
				cards: [
					{
						key: 'c',
						title: 'C',
						html: '',
						text: '',
						action: '',
						image: { src: 'c.svg', alt: '' },
						sources: [],
						audio: ''
					}
				]
			},
			questions: [withImage],
			waiting: ''
		});
		expect(slides.map((s) => s.kind)).toEqual(['card', 'question']);
		expect(pictures(slides)).toEqual(['c.svg', 'p.svg']);
	});
	it('obeys keys and remote clickers', () => {
		for (const key of ['ArrowRight', 'PageDown', ' ']) expect(moveOf(key)).toBe('next');
		for (const key of ['ArrowLeft', 'PageUp']) expect(moveOf(key)).toBe('back');
		for (const key of ['r', 'R', 'b', '.']) expect(moveOf(key)).toBe('reveal');
		expect(moveOf('h')).toBe('hint');
		expect(moveOf('Escape')).toBe('leave');
		expect(moveOf('x')).toBeNull();
		expect(letter(2)).toBe('C');
	});
});
