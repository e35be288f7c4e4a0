// Every page of the app with an address that exists in the running demo.
import type { APIRequestContext } from '@playwright/test';
import { Api, WHO } from './kit.ts';

export type Role = 'public' | 'student' | 'teacher' | 'officer' | 'admin';
export interface Stop {
	name: string;
	path: string;
	/** What must be visible before the page counts as there; the heading if left out. */
	ready?: string;
}
interface List<T> {
	items: T[];
}

export async function pagesOf(role: Role, request: APIRequestContext): Promise<Stop[]> {
	switch (role) {
		case 'public':
			return publicPages(request);
		case 'student':
			return studentPages(await Api.as(request, WHO.student));
		case 'teacher':
			return teacherPages(await Api.as(request, WHO.teacher));
		case 'officer':
			return officerPages(await Api.as(request, WHO.officer));
		case 'admin':
			return [
				{ name: 'accounts', path: '/accounts' },
				{ name: 'account', path: '/account' },
				{ name: 'coverage', path: '/coverage' }
			];
	}
}

async function publicPages(request: APIRequestContext): Promise<Stop[]> {
	const officer = await Api.as(request, WHO.officer);
	const home = await officer.get<{ roles: { scope_id: string | null }[] }>('/me');
	const found = await officer
		.get<List<{ code: string }>>('/certificates?q=Nguy%E1%BB%85n')
		.catch(() => ({ items: [] as { code: string }[] }));
	const code = found.items[0]?.code;
	return [
		{ name: 'login', path: '/login' },
		{ name: 'verify', path: '/verify' },
		{ name: 'verify-unknown', path: '/verify/AAAA-AAAA' },
		...(code ? [{ name: 'verify-found', path: `/verify/${code}`, ready: '.paper' }] : []),
		...(home.roles.length > 0 ? [] : [{ name: 'none', path: '/login' }])
	];
}

async function studentPages(api: Api): Promise<Stop[]> {
	const home = await api.get<{ skills: { course_key: string; skill: string; state: string }[] }>(
		'/home'
	);
	const skill = home.skills.find((s) => s.skill === 'self_protection') ?? home.skills[0]!;
	const course = await api.get<{ lessons: { key: string }[] }>(`/courses/${skill.course_key}`);
	const tries = await api.get<List<{ id: string; state: string }>>('/me/attempts');
	const done = tries.items.find((t) => t.state !== 'open');
	const open = tries.items.find((t) => t.state === 'open');
	return [
		{ name: 'home', path: '/home' },
		{ name: 'skill', path: `/skills/${skill.course_key}` },
		{
			name: 'lesson',
			path: `/lessons/${skill.course_key}/${course.lessons[0]!.key}`,
			ready: '.player .card'
		},
		...(open ? [{ name: 'quiz', path: `/quizzes/${open.id}` }] : []),
		...(done ? [{ name: 'result', path: `/results/${done.id}` }] : []),
		{ name: 'certificates', path: '/certificates' },
		{ name: 'household', path: '/household' },
		{ name: 'account', path: '/account' }
	];
}

async function teacherPages(api: Api): Promise<Stop[]> {
	const { items } = await api.get<List<{ id: string; session: { id: string } | null }>>('/classes');
	const first = items[0]!;
	const session = items.find((item) => item.session)?.session;
	return [
		{ name: 'classes', path: '/classes' },
		{ name: 'board', path: `/classes/${first.id}`, ready: 'table' },
		{ name: 'links', path: `/classes/${first.id}/links` },
		{ name: 'import', path: `/classes/${first.id}/import` },
		...(session ? [{ name: 'session', path: `/sessions/${session.id}` }] : [])
	];
}

async function officerPages(api: Api): Promise<Stop[]> {
	const province = await api.get<{ children: { code: string; covered: number }[] }>(
		'/areas/22/coverage'
	);
	const commune = [...province.children].sort((a, b) => b.covered - a.covered)[0]!;
	const c = await api.get<{ children: { code: string; covered: number }[] }>(
		`/areas/${commune.code}/coverage`
	);
	const village = [...c.children].sort((a, b) => b.covered - a.covered)[0]!;
	const rows = await api.get<List<{ id: string }>>(
		`/villages/${encodeURIComponent(village.code)}/households?status=covered`
	);
	const household = rows.items[0];
	return [
		{ name: 'coverage-province', path: '/coverage/22' },
		{ name: 'coverage-commune', path: `/coverage/${commune.code}` },
		{ name: 'village', path: `/villages/${encodeURIComponent(village.code)}` },
		...(household ? [{ name: 'household', path: `/households/${household.id}` }] : []),
		{ name: 'registers', path: '/registers' },
		{ name: 'certificates', path: '/certificates-admin?q=Nguy%E1%BB%85n' }
	];
}
