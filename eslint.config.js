import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['**/dist/', '**/dist-test/', 'coverage/', 'test-fixtures/import-rules/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A numeric value in a template is what diagnostics are made of.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `_` names what a signature has and the body does not need.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // `() => effect()` as a callback reads better than a block.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // void in unions and generics is what promise-returning ports use.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // io-ts: the codec and the type share a name.
      'no-redeclare': 'off',
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            // Judged by the specifier: fp-ts/Either compiles, and leads a resolver to the right file, but does not load in Node.
            { regex: '^fp-ts(?!/lib/[A-Za-z]+\\.js$)', message: 'Import fp-ts/lib/Either.js and its like.' },
            { regex: '^io-ts/', message: 'Import io-ts itself.' },
          ],
        },
      ],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    // Adapters and tests hold to the interfaces of others, which are often async for one caller alone.
    files: ['packages/driver-*/src/**/*.ts', 'packages/daemon/src/**/*.ts', '**/test/**/*.ts', 'test-fixtures/src/**/*.ts', 'bench/src/**/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off' },
  },
  {
    files: ['packages/core/src/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'Date', 'performance'],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'The core is deterministic.' }],
      '@typescript-eslint/prefer-readonly': 'error',
      'no-restricted-syntax': ['error', { selector: 'ThrowStatement', message: 'The core never throws: return an Either or a union.' }],
    },
  },
  {
    // winston declares its transports as interfaces beside the class that its logger asks for.
    files: ['packages/daemon/src/logger.ts'],
    rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' },
  },
  {
    files: ['test-fixtures/src/demo/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
  },
);
