/** Lint rules; the order of the rooms (imports only downward) is a rule here and a test in tests/house. */
import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

const ROOMS = ['model', 'words', 'wire', 'workers', 'state', 'scene', 'tools', 'panels']

/** A room may import itself and the rooms before it. */
const roomRules = ROOMS.map((room, index) => ({
  files: [`src/${room}/**/*.ts`, `src/${room}/**/*.svelte`],
  rules: {
    'no-restricted-imports': ['error', { patterns: ROOMS.slice(index + 1).map((above) => ({
      group: [`**/${above}/*`], message: `"${room}" lies below "${above}": imports go downward only.` })) }],
  },
}))

export default ts.config(
  { ignores: ['dist/**', 'node_modules/**', 'test-results/**'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } } },
  {
    rules: {
      'no-undef': 'off', eqeqeq: 'error', 'no-eval': 'error', 'no-implied-eval': 'error', 'no-new-func': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: false }],
      '@typescript-eslint/consistent-type-imports': 'error', 'svelte/no-at-html-tags': 'error', 'svelte/no-navigation-without-resolve': 'off',
      'svelte/prefer-svelte-reactivity': 'off', // collections here are local, or replaced as a whole in $state.raw
    },
  },
  ...roomRules,
)
