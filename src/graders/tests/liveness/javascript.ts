/** Preload for `node --test`: node:assert fails whatever it is given, however it is imported. A bare `assert(x)` is left. */
export const nodePreload = String.raw`
import assert from 'node:assert'
import { appendFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'

const { AssertionError } = assert
const fails = /^(ok|equal|strictEqual|deepEqual|deepStrictEqual|partialDeepStrictEqual|notEqual|notStrictEqual|notDeepEqual|notDeepStrictEqual|match|doesNotMatch|throws|doesNotThrow|ifError)$/
const rejects = /^(rejects|doesNotReject)$/
const error = () => new AssertionError({ message: 'liveness: made to fail' })
for (const target of [assert, assert.strict]) {
  for (const name of Object.keys(target)) {
    if (fails.test(name)) target[name] = () => { throw error() }
    if (rejects.test(name)) target[name] = async () => { throw error() }
  }
}
syncBuiltinESMExports()
const line = { sign: 'armed', file: process.argv[1] ?? '' }
appendFileSync(join(import.meta.dirname, 'signs.jsonl'), JSON.stringify(line) + '\n')
`.trimStart()

/** Adds a setup file to every project that jest reads, behind those that the project has. */
export const jestHook = String.raw`
const Module = require('node:module')
const { join } = require('node:path')

const load = Module._load
const setup = join(__dirname, 'setup.cjs')
const withSetup = config => ({ ...config, setupFilesAfterEnv: [...(config.setupFilesAfterEnv ?? []), setup] })
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest)
  if (request !== 'jest-config') return loaded
  const readConfigs = async (...args) => {
    const read = await loaded.readConfigs(...args)
    return { ...read, configs: read.configs.map(withSetup) }
  }
  // What it exports cannot be changed, so it is wrapped.
  const wrapped = {}
  for (const name of Object.keys(loaded).filter(name => name !== 'readConfigs')) Object.defineProperty(wrapped, name, { enumerable: true, get: () => loaded[name] })
  return Object.defineProperty(wrapped, 'readConfigs', { enumerable: true, value: readConfigs })
}
`.trimStart()

const replaceMatchers = String.raw`
expect.extend(
  Object.fromEntries(
    names
      .filter(name => /^to[A-Z]/.test(name) && !/Snapshot/.test(name))
      .map(name => [name, function () { return { pass: Boolean(this.isNot), message: () => 'liveness: made to fail' } }]),
  ),
)
const line = { sign: 'armed', file: expect.getState().testPath ?? '' }
`

/** Setup file for jest: every matcher fails, also behind \`not\`, but for snapshots. */
export const jestSetup = `
const { appendFileSync } = require('node:fs')
const { join } = require('node:path')
const { expect } = typeof globalThis.expect === 'function' ? globalThis : require('@jest/globals')
const names = Object.keys(expect(0))
${replaceMatchers.trim()}
appendFileSync(join(__dirname, 'signs.jsonl'), JSON.stringify(line) + '\\n')
`.trimStart()

/** The same for vitest. */
export const vitestSetup = `
import { appendFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chai, expect } from 'vitest'
const names = Object.getOwnPropertyNames(chai.Assertion.prototype)
${replaceMatchers.trim()}
appendFileSync(join(dirname(fileURLToPath(import.meta.url)), 'signs.jsonl'), JSON.stringify(line) + '\\n')
`.trimStart()

/** The project's own configuration of vitest with one setup file more. */
export const vitestConfig = String.raw`
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const ofProject = createRequire(join(process.cwd(), 'index.js'))
const ofVitest = createRequire(ofProject.resolve('vitest/package.json'))
const { loadConfigFromFile, mergeConfig } = await import(pathToFileURL(ofVitest.resolve('vite')).href)
const names = ['vitest', 'vite'].flatMap(name => ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map(end => name + '.config.' + end))
const own = names.find(name => existsSync(name))

export default async env => {
  const loaded = own === undefined ? null : await loadConfigFromFile(env, resolve(own), process.cwd())
  return mergeConfig(loaded?.config ?? {}, { test: { setupFiles: [join(import.meta.dirname, 'setup.mjs')] } })
}
`.trimStart()
