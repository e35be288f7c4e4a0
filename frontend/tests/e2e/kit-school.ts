// A school of a spec's own: made by the administrator, with an account that runs it and a list
// of pupils, so that nothing of the demo's school is changed.
import { randomUUID } from 'node:crypto';
import { expect, type APIRequestContext } from '@playwright/test';
import { Api, WHO } from './kit.ts';

const SECRET = 'truong moi mo cua';
/** The commune of the demo school. */
const COMMUNE = process.env.E2E_COMMUNE ?? '06685';
export interface Made {
	id: string;
	name: string;
	username: string;
	password: string;
	api: Api;
}
export interface Klass {
	id: string;
	name: string;
	school_year: string;
}

export async function newSchool(request: APIRequestContext, name: string): Promise<Made> {
	const admin = await Api.as(request, WHO.admin);
	const tail = `${Date.now()}${Math.floor(Math.random() * 1000)}`.slice(-9);
	const { id } = await admin.call<{ id: string }>('POST', '/schools', {
		code: `22Y${tail}`,
		name: `${name} ${tail}`,
		type: 'thcs',
		commune_code: COMMUNE
	});
	const username = `quanly${tail}`;
	await admin.call('POST', '/accounts', {
		username,
		display_name: `Quản lý ${name}`,
		password: SECRET,
		must_change_password: false,
		roles: [{ role: 'school_admin', scope_kind: 'school', scope_id: id }]
	});
	const api = await Api.as(request, username, SECRET);
	return { id, name: `${name} ${tail}`, username, password: SECRET, api };
}

/** Brings pupils of several classes into a school, as its roster would. */
export async function bring(
	request: APIRequestContext,
	school: Made,
	year: string,
	rows: string[]
): Promise<Klass[]> {
	const head = 'Mã định danh Bộ GD&ĐT;Họ và tên;Ngày sinh;Giới tính;Lớp';
	const reply = await request.post(
		`/api/v1/schools/${school.id}/rosters?school_year=${year}&import_id=${randomUUID()}`,
		{
			headers: { Authorization: `Bearer ${school.api.bearer}` },
			multipart: {
				file: {
					name: 'danh sach.csv',
					mimeType: 'text/csv',
					buffer: Buffer.from([head, ...rows].join('\n'))
				}
			}
		}
	);
	expect(reply.ok(), await reply.text()).toBe(true);
	expect((await reply.json()) as { written: boolean }).toMatchObject({ written: true });
	const { items } = await school.api.get<{ items: Klass[] }>(`/classes`);
	return items.filter((one) => one.school_year === year);
}
/** A row of a roster with a number of the ministry that nobody else has. */
export const pupilRow = (name: string, klass: string) =>
	`22${`${Date.now()}`.slice(-6)}${Math.floor(Math.random() * 1e6)};${name};05/09/2013;Nữ;${klass}`;
