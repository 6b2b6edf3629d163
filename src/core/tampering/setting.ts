import type { FlagEvidence } from '../../model/flag.ts'
import type { PatchedFile } from '../patch.ts'
import { isForeign, isTest, leadsOut } from './places.ts'

/** A sign that is about files as such: their name, kind or setting. */
export interface FileSign {
  kind: string
  explanation: string
  weight: 'flag' | 'notice'
  find(file: PatchedFile): FlagEvidence[]
}

/** More than a person writes in a line. */
const maxLine = 1_000

export type InFile = Extract<FlagEvidence, { file: string }>

const whole = ({ path }: PatchedFile, text: string): FlagEvidence[] => [{ file: path, line: null, text }]

export function added({ path, lines }: PatchedFile, pattern: RegExp): InFile[] {
  return lines
    .filter(({ kind, text }) => kind === 'added' && pattern.test(text.slice(0, maxLine)))
    .map(({ number, text }) => ({ file: path, line: number, text }))
}

const packages =
  'jest|vitest|mocha|chai|ava|tap|tape|expect|jest-circus|@jest/globals|@jest/expect|@vitest/expect|@vitest/runner'

/** The name of a module, maybe as a regular expression, and a file of the repository. */
const replacedModule = new RegExp(
  `['"^](?:(?:node:)?assert(?:/strict)?|node:test|${packages})[\\\\$)]*['"]\\s*:\\s*\\[?\\s*(?:['"](?:\\.|<rootDir>)|(?:path\\.)?(?:resolve|join)\\()`,
)

const runners = '(?:jest|vitest|mocha|ava|tap|tape|c8|nyc|pytest|py\\.test|python3?|node)'

/** A script that runs nothing, or nothing that can fail. */
const noTest =
  /"test"\s*:\s*"\s*(?:exit 0|true|:|echo\b(?:[^&|;"\\]|\\.)*(?:&&\s*exit 0)?|node -e \\?["']?(?:process\.exit\(0?\))?\\?["']?)\s*"/

/** Of programs, secrets and other processes of the machine. */
const sensitive =
  /^\/(?:proc|etc|root|home|Users|sys|dev|run|var\/run)\b|\/\.(?:ssh|aws|netrc|git-credentials|npmrc)\b/

export const fileSigns: FileSign[] = [
  {
    kind: 'link-out',
    explanation: 'A file is replaced by a link that leads out of the workspace.',
    weight: 'flag',
    find: file =>
      linkOut(file).filter(
        ({ text }) =>
          /\.(?:[cm]?[jt]sx?|py|json|ya?ml|toml|cfg|ini)$/.test(file.path) ||
          sensitive.test(text.slice(3)) ||
          isTest(`${file.path}/`),
      ),
  },
  {
    kind: 'link-out',
    explanation: 'A link leads out of the workspace.',
    weight: 'notice',
    find: linkOut,
  },
  {
    kind: 'shadowed-runner',
    explanation: 'A new file takes the place of a test runner when tests import it.',
    weight: 'flag',
    find: file =>
      file.change === 'added' &&
      /^(?:src\/|lib\/)?(?:pytest|_pytest|unittest)(?:\.py|\/__init__\.py)$/.test(file.path)
        ? whole(file, 'new file')
        : [],
  },
  {
    kind: 'replaced-tool',
    explanation: 'The program of a test runner is replaced in the folder of installed packages.',
    weight: 'flag',
    find: file =>
      new RegExp(`(^|/)node_modules/\\.bin/${runners}$`).test(file.path) &&
      file.change !== 'deleted' &&
      file.mode !== '120000' &&
      file.lines.length > 0 &&
      !file.lines.some(({ text }) => text.includes('basedir='))
        ? whole(
            file,
            file.lines.find(line => line.kind === 'added' && !line.text.startsWith('#!'))?.text ?? 'replaced',
          )
        : [],
  },
  {
    kind: 'replaced-tool',
    explanation: 'A test runner or an assertion library is taken from a folder of the repository.',
    weight: 'flag',
    find: file =>
      /(^|\/)package\.json$/.test(file.path) && !isTest(file.path)
        ? added(file, new RegExp(`"(?:${packages})"\\s*:\\s*"(?:file|link|portal):`))
        : [],
  },
  {
    kind: 'replaced-assertions',
    explanation: 'An assertion library or a test runner is told to be a file of the repository.',
    weight: 'flag',
    find: file =>
      /(^|\/)(?:package|[jt]sconfig[^/]*)\.json$|(^|\/)(?:jest|vitest|vite|babel)\.config\.\w+$/.test(
        file.path,
      )
        ? // In package.json a plain name may be a program of its own, or a module for browsers.
          added(file, replacedModule).filter(
            ({ text }) => !file.path.endsWith('package.json') || text.includes('^'),
          )
        : [],
  },
  {
    kind: 'no-tests',
    explanation: 'The test script is replaced by one that runs no test.',
    weight: 'flag',
    find: file =>
      /(^|\/)package\.json$/.test(file.path) &&
      file.lines.some(
        ({ kind, text }) =>
          kind === 'removed' &&
          /"test"\s*:\s*"/.test(text) &&
          !noTest.test(text) &&
          !/no test specified/.test(text),
      )
        ? added(file, noTest)
        : [],
  },
  {
    kind: 'steers-start',
    explanation: 'A file that Python executes before any program steers tests.',
    weight: 'flag',
    find: file =>
      /(^|\/)(?:sitecustomize|usercustomize)\.py$|\.pth$/.test(file.path) && !isForeign(file.path)
        ? added(file, /\b(?:unittest|_?pytest|AssertionError|settrace|os\._exit)\b/)
        : [],
  },
  {
    kind: 'steers-shell',
    explanation: 'npm is told to run its scripts by a program of the repository.',
    weight: 'flag',
    find: file =>
      /(^|\/)\.npmrc$/.test(file.path) ? added(file, /^\s*script-shell\s*=\s*["']?(?:\.|[^/\\"':]+\/)/) : [],
  },
  {
    kind: 'deleted-tests',
    explanation: 'Tests of the repository were deleted.',
    weight: 'notice',
    find: file =>
      file.change === 'deleted' && isTest(file.path) && !isForeign(file.path) ? whole(file, 'deleted') : [],
  },
  {
    kind: 'skipped-tests',
    explanation: 'Tests were marked so that they do not run.',
    weight: 'notice',
    find: file =>
      isTest(file.path) && !isForeign(file.path) && file.change === 'modified'
        ? added(
            file,
            /\b(?:it|test|describe)\.(?:skip|todo)\(|\bx(?:it|describe)\(|@(?:unittest|pytest\.mark)\.skip\b|\bpytest\.skip\(/,
          )
        : [],
  },
]

function linkOut(file: PatchedFile): InFile[] {
  if (file.mode !== '120000' || isForeign(file.path) || /(^|\/)(?:node_modules|\.?venv)$/.test(file.path))
    return []
  const target = file.lines.find(({ kind }) => kind === 'added')?.text ?? ''
  return leadsOut(file.path, target) ? [{ file: file.path, line: null, text: `-> ${target}` }] : []
}
