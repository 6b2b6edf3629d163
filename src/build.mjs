import { rmSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'

/** Makes dist/: a tiny program that answers `--version`, and all the rest as one file whose compiled form can be kept. */
const out = new URL('../dist/', import.meta.url).pathname
rmSync(out, { recursive: true, force: true })
await build({
  entryPoints: { cli: 'src/cli.ts', main: 'src/commands/main.ts' },
  absWorkingDir: new URL('..', import.meta.url).pathname,
  outdir: out,
  bundle: true,
  platform: 'node',
  // Large, and needed only once an agent asks its model: installed with the program, loaded from there.
  external: ['@pydantic/genai-prices'],
  // Code whose compiled form is kept has no way to `import()`.
  supported: { 'dynamic-import': false },
  // CommonJS starts faster than modules do, and Node 20 can keep its compiled form.
  format: 'cjs',
  target: 'node20',
  // Names stay, for the stack of a bug.
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
})
writeFileSync(`${out}package.json`, '{ "type": "commonjs" }\n')
