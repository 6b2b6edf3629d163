import { posix } from 'node:path'
import type { CommandLine } from './command-line.ts'

/** A program whose options and reports we know. */
export type Program = 'jest' | 'vitest' | 'mocha' | 'ava' | 'tap' | 'tape' | 'pytest' | 'unittest' | 'node'

/** Where the test runner stands in a command. */
export interface Recognised {
  program: Program
  /** Index of its word: `jest`, `node`; of `-m` for `python -m pytest`. */
  at: number
  /** It is started as `python -m …`. */
  isModule: boolean
}

/** A package script, or nothing that we know; `at` is the program after all that only starts programs. */
export type Reading =
  Recognised | { program: 'npm-script'; at: number; manager: string } | { program: null; at: number }

const programs = new Map<string, Program>([
  ['jest', 'jest'],
  ['vitest', 'vitest'],
  ['mocha', 'mocha'],
  ['_mocha', 'mocha'],
  ['ava', 'ava'],
  ['tap', 'tap'],
  ['tape', 'tape'],
  ['pytest', 'pytest'],
  ['py.test', 'pytest'],
])
const installedRunner = /(?:^|\/)node_modules\/(?:\.bin\/)?(jest|vitest|mocha|ava|tap|tape)(?:$|\/)/
const assignment = /^[A-Za-z_]\w*=/

/** Finds the test runner in a command, behind `env`, `npx`, `yarn`, `uv run` and the like. */
export function recognise({ words, isShellLine }: CommandLine): Reading {
  let at = 0
  if (isShellLine) at = skip(words, at, word => assignment.test(word))
  for (;;) {
    const name = nameOf(words[at])
    const next = words[at + 1] ?? ''
    if (name === 'env' || name === 'cross-env') at = skip(words, at + 1, word => assignment.test(word))
    else if (name === 'npx' || name === 'bunx')
      at = skip(words, at + 1, word => /^--?(?!package|p$|c$|call)/.test(word))
    else if (['uv', 'poetry', 'pipenv', 'pdm', 'hatch'].includes(name) && next === 'run') at += 2
    else if ((name === 'pnpm' || name === 'yarn') && next === 'exec') at += 2
    else if (name === 'npm' && (next === 'exec' || next === 'x') && words[at + 2] === '--') at += 3
    else if ((name === 'pnpm' || name === 'yarn') && programs.has(next)) at += 1
    else if (name === 'c8' || name === 'nyc') at += 1
    else if (name === 'npm' || name === 'pnpm' || name === 'yarn')
      return { program: 'npm-script', at, manager: name }
    else return readProgram(words, at, name)
  }
}

function readProgram(words: readonly string[], at: number, name: string): Reading {
  const program = programs.get(name)
  if (program !== undefined) return { program, at, isModule: false }
  if (isNode(name)) {
    const script = words.findIndex((word, index) => index > at && installedRunner.test(word))
    const flag = words.indexOf('--test', at)
    // Behind a script, --test would be that script's own.
    if (flag !== -1 && (script === -1 || flag < script)) return { program: 'node', at, isModule: false }
    const runner = programs.get(installedRunner.exec(words[script] ?? '')?.[1] ?? '')
    if (runner !== undefined) return { program: runner, at: script, isModule: false }
  }
  if (/^(python|pypy)[\d.]*$/.test(name)) {
    const flag = moduleFlag(words, at + 1)
    const module = words[flag + 1]
    if (flag !== -1 && (module === 'pytest' || module === 'unittest'))
      return { program: module, at: flag, isModule: true }
  }
  return { program: null, at }
}

/** Whether a program takes the options of node: node itself and tsx, which hands them on. */
export function isNode(name: string): boolean {
  return name === 'node' || name === 'nodejs' || name === 'tsx'
}

/** Name of the program that a word starts: `./node_modules/.bin/jest` is `jest`. */
export function nameOf(word: string | undefined): string {
  return posix.basename(word ?? '').replace(/\.(c|m)?js$/, '')
}

/** Index of python's `-m`, before which only options may stand; -1 if there is none. */
function moduleFlag(words: readonly string[], from: number): number {
  for (let at = from; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '-m') return at
    if (!word.startsWith('-')) return -1
    if (word === '-W' || word === '-X') at++
  }
  return -1
}

function skip(words: readonly string[], from: number, may: (word: string) => boolean): number {
  let at = from
  while (at < words.length && may(words[at] ?? '')) at++
  return at
}
