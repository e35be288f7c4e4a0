// Reads a list of staff as somebody types it: one a line, "name; class" or "name, class".
import type { StaffRoleName } from '../api/school.ts';

export interface TypedStaff {
	name: string;
	role: StaffRoleName;
	classes: string;
	last_day: string;
}

/** A class named makes a homeroom teacher of that class; nothing, a skills teacher of the school. */
export function typedStaff(text: string): TypedStaff[] {
	const rows: TypedStaff[] = [];
	for (const line of text.split(/\r?\n/)) {
		const at = line.search(/[;,\t]/);
		const name = (at < 0 ? line : line.slice(0, at)).replace(/^\s*\d+[.)]\s*/, '').trim();
		const classes =
			at < 0
				? ''
				: line
						.slice(at + 1)
						.replace(/[;\t]/g, ',')
						.trim();
		if (name)
			rows.push({ name, role: classes ? 'teacher' : 'module_teacher', classes, last_day: '' });
	}
	return rows;
}
