import { expect, it } from 'vitest';
import { inTongues, tongueOf } from './tongue.ts';

it.each([
	['Bốn từ chẳng liên quan ghép lại vừa dài vừa dễ nhớ.', 'vi'],
	['Mã OTP chỉ để em nhập, không để đọc cho ai.', 'vi'],
	['Four words that have nothing to do with each other.', 'en'],
	['Call 111, or tell an adult. In Quảng Ninh the police of the commune answer as well.', 'en'],
	['', 'en']
])('%s: %s', (text, want) => expect(tongueOf(text)).toBe(want));

it('cuts a text where its language changes, and short words go with their neighbours', () => {
	const text =
		'Hộp thư của bà. OTP. Người gửi không rõ. The coach says: ask her who would send such a message.';
	expect(inTongues(text)).toEqual([
		{ tongue: 'vi', text: 'Hộp thư của bà. OTP. Người gửi không rõ. ' },
		{ tongue: 'en', text: 'The coach says: ask her who would send such a message.' }
	]);
	expect(inTongues('')).toEqual([]);
	expect(inTongues('OK. Mã này chỉ để nhập, không đọc cho ai.')).toHaveLength(1);
});
