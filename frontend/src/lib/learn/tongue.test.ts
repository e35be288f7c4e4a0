import { expect, it } from 'vitest';
import { tongueOf } from './tongue.ts';

it.each([
	['Bốn từ chẳng liên quan ghép lại vừa dài vừa dễ nhớ.', 'vi'],
	['Mã OTP chỉ để em nhập, không để đọc cho ai.', 'vi'],
	['Four words that have nothing to do with each other.', 'en'],
	['Call 111, or tell an adult. In Quảng Ninh the police of the commune answer as well.', 'en'],
	['', 'en']
])('%s: %s', (text, want) => expect(tongueOf(text)).toBe(want));
