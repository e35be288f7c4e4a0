// A parser that Vietnamese shops really use must not take our practice codes for payments.
// curriculum/scenario/qr_test.go shows the same with a parser written to the standard.
import { QRPay } from 'vietnam-qr-pay';
import { describe, expect, it } from 'vitest';
import { qrText } from './engine.ts';
import type { Scenario } from './types.ts';

const genuine = QRPay.initVietQR({
	bankBin: '999999',
	bankNumber: '0000000001',
	amount: '120000',
	purpose: 'TIEN PHO'
}).build();
const scenario = { key: 'quet_ma_quan_pho' } as Scenario;

describe('practice codes', () => {
	it('the parser reads a payload in the genuine form', () => {
		const read = new QRPay(genuine);
		expect(read.isValid).toBe(true);
		expect(read.amount).toBe('120000');
		expect(read.consumer.bankNumber).toBe('0000000001');
	});
	it.each(['quan_pho', '120000', '', genuine])('%s is no payment', (value) => {
		const read = new QRPay(qrText(scenario, value));
		expect(read.isValid).toBe(false);
		expect(read.consumer.bankNumber ?? '').toBe('');
	});
});
