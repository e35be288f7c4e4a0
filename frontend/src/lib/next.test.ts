import { expect, it } from 'vitest';
import { safeNext } from './next.ts';

it.each([
	['/quizzes/1?x=2', '/quizzes/1?x=2'],
	['/visits#4HTQ7BZ', '/visits#4HTQ7BZ'],
	['https://evil.test', '/home'],
	['//evil.test', '/home'],
	['/\\evil.test', '/home'],
	['javascript:alert(1)', '/home'],
	['/login', '/home'],
	['/', '/home'],
	['', '/home'],
	[null, '/home']
])('next=%s leads to %s', (next, want) => expect(safeNext(next, '/home')).toBe(want));
