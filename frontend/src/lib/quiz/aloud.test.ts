import { describe, expect, it } from 'vitest';
import type { QuestionView } from '../api/types.ts';
import { questionAloud } from './aloud.ts';

const question = (change: Partial<QuestionView>): QuestionView =>
	({
		slot: 1,
		question_key: 'q',
		kind: 'single',
		stem: 'Em làm gì',
		image: null,
		options: [],
		lefts: [],
		rights: [],
		message: null,
		spots: null,
		...change
	}) as QuestionView;

describe('a question read out', () => {
	it('says the stem without its marks, then the options in their order', () => {
		const said = questionAloud(
			question({
				stem: 'Mật khẩu nào <em>mạnh</em> hơn 8&nbsp;ký tự &amp; số?',
				options: [
					{ key: '1', text: 'hoa123' },
					{ key: '2', text: 'Không chọn gì.' }
				]
			})
		);
		expect(said).toBe('Mật khẩu nào mạnh hơn 8 ký tự & số? hoa123. Không chọn gì.');
	});
	it('reads a message with its sender, a picture, both sides of a match and the places', () => {
		const said = questionAloud(
			question({
				image: { src: 'a.svg', alt: 'Màn hình' } as QuestionView['image'],
				message: {
					channel: 'sms',
					sender: 'Người lạ',
					time: '',
					parts: [{ key: '1', text: 'Bấm ngay' }]
				},
				lefts: [{ key: '1', text: 'Trái' }],
				rights: [{ key: '1', text: 'Phải' }],
				spots: [{ key: '1', x: 0, y: 0, w: 1, h: 1, label: 'Ô địa chỉ' }]
			})
		);
		expect(said).toBe('Em làm gì. Màn hình. Người lạ. Bấm ngay. Trái. Phải. Ô địa chỉ.');
	});
});
