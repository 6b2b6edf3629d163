import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { jestHook, jestSetup, nodePreload, vitestConfig, vitestSetup } from './javascript.ts'
import { pythonLiveness } from './python.ts'

/** How a test runner is started so that every assertion that we know fails. */
export interface LivenessSpec {
  /** Files of our own by name; they lie together in a private folder and write what they see to `signsFile` beside them. */
  files: Record<string, string>
  options(folder: string): string[]
  /** Variables, given those that are set already. */
  env(folder: string, env: Readonly<Record<string, string>>): Record<string, string>
  /** Words of the command with which it does not work. */
  clash: RegExp | null
}

export const signsFile = 'signs.jsonl'
export const pythonModule = 'agent_eval_liveness'
const pythonFiles = { [`${pythonModule}.py`]: pythonLiveness }

export const nodeLiveness: LivenessSpec = {
  files: { 'preload.mjs': nodePreload },
  options: folder => [`--import=${pathToFileURL(join(folder, 'preload.mjs')).href}`],
  env: () => ({}),
  clash: null,
}

/** An option would take the place of the project's own setup files, so jest is given one more behind its back. */
export const jestLiveness: LivenessSpec = {
  files: { 'hook.cjs': jestHook, 'setup.cjs': jestSetup },
  options: () => [],
  env: (folder, { NODE_OPTIONS }) => ({
    NODE_OPTIONS: [...(NODE_OPTIONS ? [NODE_OPTIONS] : []), `--require "${join(folder, 'hook.cjs')}"`].join(
      ' ',
    ),
  }),
  clash: null,
}

/** There is no option for setup files: a configuration of our own adds one to that of the project. */
export const vitestLiveness: LivenessSpec = {
  files: { 'vitest.config.mjs': vitestConfig, 'setup.mjs': vitestSetup },
  options: folder => [`--config=${join(folder, 'vitest.config.mjs')}`],
  env: () => ({}),
  clash: /^(--config|-c|--root|-r|--project|--workspace)(=|$)/,
}

/** The start file executes it before anything of the workspace. */
export const unittestLiveness: LivenessSpec = {
  files: pythonFiles,
  options: () => [],
  env: () => ({}),
  clash: null,
}

export const pytestLiveness: LivenessSpec = {
  files: pythonFiles,
  options: () => ['-p', pythonModule],
  env: (folder, { PYTHONPATH }) => ({
    PYTHONPATH: [...(PYTHONPATH ? [PYTHONPATH] : []), folder].join(':'),
  }),
  clash: /^--assert(=|$)/,
}
