import { expect, it } from 'vitest';
import { typedStaff } from './typed.ts';

it.each([
	['', []],
	['  \n\n', []],
	['Nguyễn Thị Lan; 7A', [['Nguyễn Thị Lan', 'teacher', '7A']]],
	[
		'Nguyễn Thị Lan, 7A, 7B\r\nLê Hoà',
		[
			['Nguyễn Thị Lan', 'teacher', '7A, 7B'],
			['Lê Hoà', 'module_teacher', '']
		]
	],
	['1. Vũ An\t8C', [['Vũ An', 'teacher', '8C']]],
	['; 7A', []]
])('%j', (text, want) =>
	expect(typedStaff(text).map(({ name, role, classes }) => [name, role, classes])).toEqual(want)
);
