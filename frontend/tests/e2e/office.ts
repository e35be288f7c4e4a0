// What a first lesson needs: the office's class list in Excel, the printed cards, and some answer.
import { execFileSync } from 'node:child_process';
import type { Locator } from '@playwright/test';
import { workbook } from './xlsx.ts';

const FAMILY = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Vũ', 'Đặng', 'Bùi', 'Đỗ'];
const MIDDLE = ['Thị', 'Văn', 'Minh', 'Ngọc'];
const GIVEN = ['An', 'Bảo', 'Chi', 'Dũng', 'Giang', 'Hà', 'Khánh', 'Linh', 'My', 'Nam', 'Oanh'];

/** A list as a school's office sends it: titles over it, columns nobody asked for, a line below. */
export function officeList(klass: string, count: number): Buffer {
	const stamp = String(Date.now()).slice(-8);
	const pupils = Array.from({ length: count }, (_, i) => [
		String(i + 1),
		`22${stamp}${String(i).padStart(2, '0')}`,
		`${FAMILY[i % 9]!} ${MIDDLE[i % 4]!} ${GIVEN[i % 11]!}`,
		`${String(1 + (i % 28)).padStart(2, '0')}/${String(1 + (i % 12)).padStart(2, '0')}/2015`,
		i % 2 ? 'Nam' : 'Nữ',
		i % 7 ? 'Kinh' : 'Dao',
		klass,
		'',
		'Khu 3, phường Hồng Gai',
		'0900 000 000',
		'Nguyễn Văn Phụ'
	]);
	const heads =
		'STT|Mã định danh Bộ GD&ĐT|Họ và tên|Ngày sinh|Giới tính|Dân tộc|Lớp|Ghi chú|Địa chỉ thường trú|SĐT liên hệ|Họ tên cha';
	const rows = [
		['UBND PHƯỜNG HỒNG GAI', '', '', '', 'CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM'],
		['TRƯỜNG TRUNG HỌC CƠ SỞ', '', '', '', 'Độc lập – Tự do – Hạnh phúc'],
		[],
		[`DANH SÁCH HỌC SINH LỚP ${klass}`],
		['Năm học 2026–2027'],
		[],
		heads.split('|'),
		...pupils,
		[`Danh sách có ${count} học sinh`],
		['', '', '', '', '', '', '', 'Người lập biểu']
	];
	return workbook(klass, rows, ['A1:C1', 'E1:I1', 'A4:K4', 'A5:K5', `A${count + 8}:D${count + 8}`]);
}

/** The name and the four digits on the first card of a sheet of sign-in cards. */
export function firstCard(path: string): { name: string; pin: string } {
	// Two columns, five rows on A4, in points.
	const place = ['-x', '0', '-y', '0', '-W', '297', '-H', '175'];
	const text = execFileSync('pdftotext', ['-layout', '-l', '1', '-r', '72', ...place, path, '-'], {
		encoding: 'utf8'
	});
	const lines = text
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean);
	const pin = lines.find((line) => /^\d{4}$/.test(line));
	const at = lines.findIndex((line) => line.startsWith('Lớp '));
	if (!pin || at < 1) throw new Error(`no card in\n${text}`);
	return { name: lines[at - 1]!, pin };
}

/** Gives some answer to a question of any kind, by the clicks a pupil makes. */
export async function anyAnswer(
	box: Locator,
	tap: (what: Locator) => Promise<void>
): Promise<void> {
	const verdict = box.locator('input[data-verdict]').first();
	// True or false asks for the reason as well, and is whole only with it.
	if (await verdict.count()) await tap(verdict);
	const choice = box.locator('input[data-option], button[data-option]').first();
	const order = box.locator('button.keep');
	if (await choice.count()) {
		await tap(choice);
	} else if (await order.count()) {
		await tap(order);
	} else {
		await tap(box.locator('button.answer').first());
		await tap(box.locator('[data-right]').first());
	}
}
