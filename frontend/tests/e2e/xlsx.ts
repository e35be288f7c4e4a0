// A workbook as a school's office keeps it: made here, so that a reader of a spec sees what is in it.
import { crc32 } from 'node:zlib';

const text = (value: string) =>
	value.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`).replace(/\n/g, '&#10;');
/** 0 → A, 27 → AB. */
const letters = (n: number): string =>
	(n >= 26 ? letters(Math.floor(n / 26) - 1) : '') + String.fromCharCode(65 + (n % 26));

/** One sheet of text cells; merges are ranges such as "A1:F1". */
export function workbook(sheet: string, rows: string[][], merges: string[] = []): Buffer {
	const body = rows
		.map((cells, r) => {
			const filled = cells
				.map((value, c) =>
					value
						? `<c r="${letters(c)}${r + 1}" t="inlineStr"><is><t xml:space="preserve">${text(value)}</t></is></c>`
						: ''
				)
				.join('');
			return `<row r="${r + 1}">${filled}</row>`;
		})
		.join('');
	const joined = merges.length
		? `<mergeCells count="${merges.length}">${merges.map((m) => `<mergeCell ref="${m}"/>`).join('')}</mergeCells>`
		: '';
	const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
	const rels = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
	const pack = 'http://schemas.openxmlformats.org/package/2006';
	const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
	return zip({
		'[Content_Types].xml': `<Types xmlns="${pack}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type}.worksheet+xml"/></Types>`,
		'_rels/.rels': `<Relationships xmlns="${pack}/relationships"><Relationship Id="rId1" Type="${rels}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${rels}"><sheets><sheet name="${text(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${pack}/relationships"><Relationship Id="rId1" Type="${rels}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${body}</sheetData>${joined}</worksheet>`
	});
}

/** A zip whose parts are stored as they are. */
function zip(parts: Record<string, string>): Buffer {
	const files: Buffer[] = [];
	const index: Buffer[] = [];
	let at = 0;
	for (const [name, content] of Object.entries(parts)) {
		const data = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${content}`);
		const path = Buffer.from(name);
		// What the local header and the index have in common: version 2.0, stored, 1 January 1980.
		const common = Buffer.alloc(26);
		common.writeUInt16LE(20, 0);
		common.writeUInt16LE(0x21, 8);
		common.writeUInt32LE(crc32(data), 10);
		common.writeUInt32LE(data.length, 14);
		common.writeUInt32LE(data.length, 18);
		common.writeUInt16LE(path.length, 22);
		files.push(Buffer.from('PK\x03\x04', 'latin1'), common, path, data);
		const where = Buffer.alloc(14);
		where.writeUInt32LE(at, 10);
		index.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, where, path);
		at += 30 + path.length + data.length;
	}
	const end = Buffer.alloc(18);
	const entries = Object.keys(parts).length;
	const size = index.reduce((sum, part) => sum + part.length, 0);
	end.writeUInt16LE(entries, 4);
	end.writeUInt16LE(entries, 6);
	end.writeUInt32LE(size, 8);
	end.writeUInt32LE(at, 12);
	return Buffer.concat([...files, ...index, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
