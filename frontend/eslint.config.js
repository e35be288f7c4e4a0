import js from '@eslint/js';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

/**
 * Pages of one role may not pull in those of another: a pupil's phone pays for every byte.
 * @param {string[]} files
 * @param {string[]} groups
 * @returns {import('eslint').Linter.Config}
 */
const apart = (files, groups) => ({
	files,
	rules: { 'no-restricted-imports': ['error', { patterns: [{ group: groups }] }] }
});
const STAFF = ['**/(teacher)/**', '**/(officer)/**', '**/(admin)/**'];

export default ts.config(
	{
		ignores: [
			'dist/',
			'node_modules/',
			'.svelte-kit/',
			'src/paraglide/',
			'src/lib/api/schema.d.ts',
			'test-results/',
			'playwright-report/'
		]
	},
	js.configs.recommended,
	...ts.configs.recommended,
	...svelte.configs.recommended,
	{ languageOptions: { globals: { ...globals.browser, ...globals.node } } },
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } }
	},
	{
		rules: {
			'no-undef': 'off',
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_' }
			],
			// The app lives at the root of its own host: plain paths are exact.
			'svelte/no-navigation-without-resolve': 'off'
		}
	},
	{
		files: ['src/**/*.{ts,svelte}'],
		ignores: ['src/lib/api/**', 'src/sw/**', 'src/shell/**'],
		rules: {
			'no-restricted-globals': [
				'error',
				{ name: 'fetch', message: 'The network is reached through lib/api only.' }
			],
			'no-restricted-syntax': [
				'error',
				{
					selector:
						"CallExpression[callee.property.name='slice'] > MemberExpression > CallExpression[callee.property.name='toISOString'][callee.object.type='NewExpression'][callee.object.arguments.length=0]",
					message:
						'That is the day in Greenwich, until seven in the morning yesterday here: today().'
				}
			]
		}
	},
	{
		files: ['src/sw/**', 'src/shell/early.js'],
		languageOptions: { globals: globals.serviceworker },
		rules: { '@typescript-eslint/ban-ts-comment': 'off' }
	},
	apart(
		['src/routes/(app)/(student)/**'],
		[...STAFF, '#lib/words-staff*', '#lib/words-officer*', '#lib/officer/**']
	),
	apart(['src/routes/(public)/**'], [...STAFF, '**/(student)/**'])
);
