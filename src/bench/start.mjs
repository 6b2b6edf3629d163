import { spawnSync } from 'node:child_process'
import { build } from 'esbuild'

/** Builds one of the benchmarks, a folder here with a `main.ts`, and runs it with all further arguments. */
const [name = '', ...args] = process.argv.slice(2)
const outfile = `.agent-eval/bench/${name}.js`
await build({
  entryPoints: [`src/bench/${name}/main.ts`],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['@pydantic/genai-prices'],
  // Some packages are CommonJS, which ask for modules of Node by `require`.
  banner: {
    js: "import { createRequire as _cr } from 'node:module'; const require = _cr(import.meta.url);",
  },
  logLevel: 'warning',
})
const { status } = spawnSync(process.execPath, [outfile, ...args], { stdio: 'inherit' })
process.exitCode = status ?? 130
