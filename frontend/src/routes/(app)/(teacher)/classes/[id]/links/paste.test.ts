import { describe, expect, it } from 'vitest';
import { match } from './paste.ts';

const A = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const code = (body: string) =>
	body + A[[...body].reduce((sum, one, n) => sum + (n + 1) * A.indexOf(one), 0) % 31];
const pupils = [
	{ person_id: 'a', student_name: 'Nguyễn Thị Ánh' },
	{ person_id: 'b', student_name: 'Đỗ Văn Bình' },
	{ person_id: 'c', student_name: 'Trần An' },
	{ person_id: 'd', student_name: 'TRẦN AN' }
];

describe('a pasted list', () => {
	it('takes tabs, semicolons and either order, without marks', () => {
		const one = code('7KQM29XD');
		const text = `Nguyen Thi Anh\t${one}\n${one};đỗ văn bình\r\n\n`;
		expect(match(text, pupils)).toEqual({ codes: { a: one, b: one }, left: 0 });
	});
	it('leaves over what is not certain', () => {
		const one = code('7KQM29XD');
		const text = `Trần An\t${one}\nAi Đó\t${one}\nĐỗ Văn Bình\t${one.slice(0, -1)}0\nHọ và tên\tMã hộ`;
		expect(match(text, pupils)).toEqual({ codes: {}, left: 4 });
	});
});
