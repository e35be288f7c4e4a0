// Who may go along with a pupil: a small file of its own, because pupils' pages show it too.
import { m } from '#paraglide/messages.js';
import type { Adult } from '../api/walk.ts';

export const ADULTS: Adult[] = ['guardian', 'relative', 'teacher', 'team'];
const ADULT: Record<Adult, () => string> = {
	guardian: m.walk_adult_guardian,
	relative: m.walk_adult_relative,
	teacher: m.walk_adult_teacher,
	team: m.walk_adult_team
};
export const adultName = (adult: Adult): string => ADULT[adult]();
