import { m } from '#paraglide/messages.js';

/** Under which rule a confirmation was given, in words. */
export function ruleName(version: number | string): string {
	if (Number(version) === 1) return m.cert_rule_1();
	if (Number(version) === 2) return m.cert_rule_2();
	return m.cert_rule_other({ version: String(version) });
}
