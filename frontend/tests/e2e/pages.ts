// Every page of the app with an address that exists in the running demo.
import { expect, type APIRequestContext, type Page } from '@playwright/test';
import { Api, WHO } from './kit.ts';

export type Role =
	'public' | 'student' | 'teacher' | 'school' | 'officer' | 'team' | 'dept' | 'admin';
export const ROLES: Role[] = [
	'public',
	'student',
	'teacher',
	'school',
	'officer',
	'team',
	'dept',
	'admin'
];
/** The commune of the demo school. */
const COMMUNE = process.env.E2E_COMMUNE ?? '06685';
export interface Stop {
	name: string;
	path: string;
	/** What must be visible before the page counts as there; the heading if left out. */
	ready?: string;
}
/** Goes to a page and waits until it is there; a page that only says sorry is none. */
export async function visit(page: Page, { name, path, ready }: Stop): Promise<void> {
	await page.goto(path);
	await expect(page.locator(ready ?? 'main h1').first()).toBeVisible();
	await page.waitForLoadState('networkidle');
	await expect(page.locator('.sorry'), `${name} is an error page`).toHaveCount(0);
}

/** What a script of the page threw, and what the Content-Security-Policy had to stop: both are defects. */
export function faults(page: Page): string[] {
	const wrong: string[] = [];
	page.on('pageerror', (error) => wrong.push(error.message));
	page.on('console', (line) => {
		if (/Content Security Policy|Refused to/.test(line.text())) wrong.push(line.text());
	});
	return wrong;
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
		case 'school':
			return [
				{ name: 'hub', path: '/school', ready: '[data-figure=pupils]' },
				{ name: 'staff', path: '/school/staff', ready: '[data-staff]' },
				{ name: 'import', path: '/school/import' },
				{ name: 'plan', path: '/school/plan' },
				{ name: 'rollover', path: '/school/rollover', ready: 'table' },
				{ name: 'transfers', path: '/school/transfers' },
				{ name: 'leavers', path: '/school/leavers' },
				{ name: 'ready', path: '/school/ready' },
				{ name: 'board', path: '/school/board', ready: '[role=grid]' },
				{ name: 'exports', path: '/school/exports' },
				{ name: 'requests', path: '/requests' },
				{ name: 'audit', path: '/audit' },
				{ name: 'signoff', path: '/signoff', ready: '#places' }
			];
		case 'officer':
			return officerPages(await Api.as(request, WHO.officer));
		case 'team':
			return [{ name: 'visits', path: '/visits' }];
		case 'dept':
			return [
				{ name: 'coverage-province', path: '/coverage/22', ready: 'table' },
				{ name: 'coverage-scores', path: '/coverage/22?view=scores', ready: '.grade' },
				{ name: 'coverage-trend', path: '/coverage/22?view=trend', ready: '.chart svg' },
				{ name: 'coverage-schools', path: '/coverage/22?view=schools', ready: 'tbody tr' },
				{
					name: 'coverage-177',
					path: '/coverage/22?map=2024-10-31&skill=online_payment',
					ready: '.badges'
				},
				{ name: 'items', path: '/items', ready: 'table' },
				...(await itemPages(await Api.as(request, WHO.dept))),
				{ name: 'months', path: '/signoff/22', ready: '[data-month]' },
				{ name: 'month-province', path: `/signoff/22/${lastMonth()}`, ready: '[data-ready]' },
				{ name: 'quality', path: '/quality/22' },
				{ name: 'digests', path: '/digests' },
				{ name: 'explain', path: '/explain/22?figure=not_covered', ready: '#changes' },
				{ name: 'villages-admin', path: '/villages-admin' },
				{ name: 'names', path: '/names' },
				{ name: 'partners', path: '/partners' },
				{ name: 'certificates', path: '/certificates-admin?q=Nguy%E1%BB%85n' }
			];
		case 'admin':
			return [
				{ name: 'accounts', path: '/accounts', ready: 'table, main h1' },
				{ name: 'account', path: '/account' },
				{ name: 'retention', path: '/retention', ready: '[data-period]' },
				{ name: 'audit-all', path: '/audit' }
			];
	}
}

/** The page of one question, by its first row on the list. */
async function itemPages(api: Api): Promise<Stop[]> {
	const { items } = await api.get<List<{ question_hash: string }>>('/item-analysis');
	return items[0]
		? [{ name: 'item', path: `/items/${items[0].question_hash}`, ready: 'table' }]
		: [];
}

async function publicPages(request: APIRequestContext): Promise<Stop[]> {
	const officer = await Api.as(request, WHO.officer);
	const found = await officer
		.get<List<{ code: string }>>('/certificates?q=Nguy%E1%BB%85n')
		.catch(() => ({ items: [] as { code: string }[] }));
	const code = found.items[0]?.code;
	const mission = await waitingMission(await Api.as(request, WHO.student));
	return [
		{ name: 'login', path: '/login' },
		{ name: 'join', path: '/join' },
		{ name: 'family-relative', path: `/family/${mission.code}` },
		{ name: 'classroom', path: '/classroom' },
		{ name: 'verify', path: '/verify' },
		{ name: 'public-coverage', path: '/public/coverage/22', ready: 'table' },
		{ name: 'public-commune', path: `/public/coverage/${COMMUNE}`, ready: 'table' },
		{ name: 'consent-code', path: '/consent' },
		{ name: 'adult', path: '/adult' },
		{ name: 'verify-unknown', path: '/verify/AAAA-AAAA' },
		...(code ? [{ name: 'verify-found', path: `/verify/${code}`, ready: '.paper' }] : [])
	];
}

/** A family mission that still waits for its relative; a new one if there is none. */
async function waitingMission(api: Api): Promise<{ id: string; code: string }> {
	const { items } =
		await api.get<List<{ id: string; code: string; state: string }>>('/me/family-missions');
	const waiting = items.find((one) => one.state === 'waiting' && one.code);
	if (waiting) return waiting;
	const course = 'self_protection-thcs';
	const scenarios = await api.get<List<{ key: string }>>(`/courses/${course}/scenarios`);
	const body = { id: uuid7(), course_key: course, scenario_key: scenarios.items[0]!.key };
	return api.call('POST', '/family-missions', body);
}

async function studentPages(api: Api): Promise<Stop[]> {
	const home = await api.get<{ skills: { course_key: string; skill: string; state: string }[] }>(
		'/home'
	);
	const skill = home.skills.find((s) => s.skill === 'self_protection') ?? home.skills[0]!;
	const course = await api.get<{ lessons: { key: string }[] }>(`/courses/${skill.course_key}`);
	const scenarios = await api.get<List<{ key: string }>>(`/courses/${skill.course_key}/scenarios`);
	const tries = await api.get<List<{ id: string; state: string }>>('/me/attempts');
	const done = tries.items.find((t) => t.state !== 'open');
	let open = tries.items.find((t) => t.state === 'open');
	if (!open) {
		const body = { id: uuid7(), course_key: skill.course_key, session_id: null };
		open = await api.call<{ id: string; state: string }>('POST', '/attempts', body);
	}
	const mission = await waitingMission(api);
	const runs = await api.get<List<{ id: string }>>('/me/scenario-runs');
	return [
		{ name: 'home', path: '/home' },
		{ name: 'my-data', path: '/my-data', ready: '#mydata-kind' },
		{ name: 'skill', path: `/skills/${skill.course_key}` },
		{
			name: 'lesson',
			path: `/lessons/${skill.course_key}/${course.lessons[0]!.key}`,
			ready: '.player .card'
		},
		{ name: 'quiz', path: `/quizzes/${open.id}`, ready: '.stage fieldset' },
		...(done ? [{ name: 'result', path: `/results/${done.id}` }] : []),
		{ name: 'drill', path: '/drill' },
		{ name: 'placement', path: `/placement/${skill.course_key}` },
		{ name: 'skill-local', path: '/skills/local_platforms-thcs' },
		{ name: 'leaflet', path: `/leaflet/${skill.course_key}` },
		{ name: 'practice', path: '/practice' },
		{ name: 'practice-runs', path: '/practice/runs' },
		...(runs.items[0]
			? [{ name: 'practice-run', path: `/practice/runs/${runs.items[0].id}` }]
			: []),
		{ name: 'family', path: '/family' },
		{ name: 'family-mission', path: `/family/missions/${mission.id}`, ready: '[data-code]' },
		{ name: 'scenario', path: `/practice/${skill.course_key}/${scenarios.items[0]!.key}` },
		{ name: 'certificates', path: '/certificates' },
		{ name: 'household', path: '/household' },
		{ name: 'account', path: '/account' }
	];
}

async function teacherPages(api: Api): Promise<Stop[]> {
	const { items } = await api.get<List<{ id: string; session: { id: string } | null }>>('/classes');
	const first = items[0]!;
	const session = items.find((item) => item.session)?.session;
	const { lessons } = await api.get<{ lessons: { key: string }[] }>(
		'/courses/self_protection-thcs'
	);
	const runs = await api.get<List<{ id: string }>>(`/classes/${first.id}/scenario-runs`);
	return [
		{ name: 'classes', path: '/classes' },
		{ name: 'board', path: `/classes/${first.id}`, ready: '[role=grid]' },
		{ name: 'school-board', path: '/school/board', ready: '[role=grid]' },
		{ name: 'assignments', path: `/classes/${first.id}/assignments`, ready: '#groups' },
		{ name: 'links', path: `/classes/${first.id}/links` },
		{ name: 'consents', path: `/classes/${first.id}/consents`, ready: 'li.card' },
		{ name: 'class-family', path: `/classes/${first.id}/family` },
		{ name: 'class-scenarios', path: `/classes/${first.id}/scenarios` },
		...(runs.items[0]
			? [{ name: 'class-scenario', path: `/classes/${first.id}/scenarios/${runs.items[0].id}` }]
			: []),
		{ name: 'import', path: `/classes/${first.id}/import` },
		{ name: 'teach', path: '/teach' },
		{ name: 'plans', path: '/teach/self_protection-thcs', ready: '[data-plan]' },
		{ name: 'class-items', path: `/classes/${first.id}/items` },
		{
			name: 'projector',
			path: `/teach/self_protection-thcs/project/${lessons[0]!.key}?project=1`,
			ready: '[data-projector] h1'
		},
		// On a server that is no laptop; the page itself is looked at in classroom.spec.ts.
		{ name: 'banks', path: '/banks' },
		{ name: 'laptops', path: '/laptops' },
		{ name: 'cards', path: `/classes/${first.id}/cards` },
		...(session
			? [
					{ name: 'session', path: `/sessions/${session.id}` },
					{ name: 'wall', path: `/sessions/${session.id}/wall`, ready: '.wall h1' }
				]
			: []),
		...(await closingPages(api, first.id))
	];
}

/** The closing page of a lesson that is over. */
async function closingPages(api: Api, klass: string): Promise<Stop[]> {
	const { items } = await api.get<List<{ id: string; state: string }>>(
		`/classes/${klass}/lesson-sessions`
	);
	const over = items.find((item) => item.state === 'closed');
	return over ? [{ name: 'closing', path: `/sessions/${over.id}/closing` }] : [];
}

async function officerPages(api: Api): Promise<Stop[]> {
	const c = await api.get<{ children: { code: string; covered: number }[] }>(
		`/areas/${COMMUNE}/coverage`
	);
	const village = [...c.children].sort((a, b) => b.covered - a.covered)[0]!;
	const rows = await api.get<List<{ id: string }>>(
		`/villages/${encodeURIComponent(village.code)}/households?status=covered`
	);
	const household = rows.items[0];
	return [
		{ name: 'coverage-commune', path: `/coverage/${COMMUNE}` },
		{ name: 'village', path: `/villages/${encodeURIComponent(village.code)}` },
		...(household ? [{ name: 'household', path: `/households/${household.id}` }] : []),
		{ name: 'planner', path: `/planner/${COMMUNE}`, ready: '[data-headline]' },
		{ name: 'campaigns', path: '/campaigns' },
		{ name: 'month-commune', path: `/signoff/${COMMUNE}/${lastMonth()}`, ready: '[data-stock]' },
		{ name: 'reports', path: '/reports', ready: '[data-format]' },
		{ name: 'registers', path: '/registers' },
		{ name: 'duplicates', path: '/duplicates/06685' },
		{ name: 'school-age', path: '/school-age/06685', ready: 'table' },
		{ name: 'certificates', path: '/certificates-admin?q=Nguy%E1%BB%85n' }
	];
}

/** The month before this one in school time, "2026-10". */
function lastMonth(): string {
	const now = new Date(Date.now() + 7 * 3_600_000);
	return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1))
		.toISOString()
		.slice(0, 7);
}

function uuid7(): string {
	const time = Date.now().toString(16).padStart(12, '0');
	const rest = [...crypto.getRandomValues(new Uint8Array(10))]
		.map((n) => n.toString(16).padStart(2, '0'))
		.join('');
	return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
}
