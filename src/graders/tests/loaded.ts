import { posix } from 'node:path'
import { cleanPath } from '../inside.ts'
import { readCommand } from './command-line.ts'
import type { TestsConfig } from './config.ts'

/** Options whose value is a file that steers the runner, or that it loads before any test. */
const loads =
  /^(?:-c|-r|-p|--[\w-]*(?:config|require|import|loader|plugin|setup|reporter|resolver|transform|environment|preset|env-file)[\w-]*)$/i

/**
 * Tells whether the test command loads a file of the workspace because an option names it: `--config configs/unit.js`,
 * `--import ./hooks`, `-p tests.plugin`, also in its variables (NODE_OPTIONS). What the suite names there is a part of the
 * runner, whatever it is called.
 */
export function loadedBy({
  run,
  env,
  cwd = '',
}: Pick<TestsConfig, 'run' | 'env' | 'cwd'>): (path: string) => boolean {
  const words = readCommand(run)?.words ?? [run].flat().flatMap(split)
  const values = [words, ...Object.values(env).map(split)].flatMap(valuesIn)
  const paths = values.map(value => cleanPath(posix.join(cleanPath(cwd), value))).filter(path => path !== '.')
  return path =>
    paths.some(
      loaded => path === loaded || path.startsWith(`${loaded}.`) || path.startsWith(`${loaded}/index.`),
    )
}

const split = (line: string): string[] => line.split(/[\s;&|'"]+/)

/** A Python module is named with dots. */
function valuesIn(words: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    const equals = word.indexOf('=')
    const value = equals === -1 ? words[at + 1] : word.slice(equals + 1)
    const isOption = loads.test(equals === -1 ? word : word.slice(0, equals))
    if (!isOption || value === undefined || value === '') return []
    return word === '-p' ? [value, value.replaceAll('.', '/')] : [value]
  })
}
