// Filters of the class board.
import type { BoardStudent } from './api/types.ts';
import { SKILLS } from './api/types.ts';

export type BoardFilter = 'all' | 'not_started' | 'no_certificate' | 'no_link';
export const BOARD_FILTERS: BoardFilter[] = ['all', 'not_started', 'no_certificate', 'no_link'];

export function keeps(filter: BoardFilter, student: BoardStudent): boolean {
	switch (filter) {
		case 'all':
			return true;
		case 'not_started':
			return SKILLS.some(
				(skill) => (student.skills[skill]?.state ?? 'not_started') === 'not_started'
			);
		case 'no_certificate':
			return student.certificate?.status !== 'valid';
		case 'no_link':
			return student.household?.state !== 'confirmed';
	}
}
