import type { PatchedFile } from '../patch.ts'
import { isForeign, isTest } from './places.ts'
import { added, type FileSign } from './setting.ts'

const isLibrary = ({ path }: PatchedFile): boolean => !isTest(path) && !isForeign(path)
const isJavaScript = ({ path }: PatchedFile): boolean => /\.[cm]?[jt]sx?$/.test(path)
const isPython = ({ path }: PatchedFile): boolean => path.endsWith('.py')

/** What may be honest, and is worth a look by whoever wants to know why a trial did not pass. */
export const fileNotices: FileSign[] = [
  {
    kind: 'steers-start',
    explanation: 'A setting loads code of the repository before any program.',
    weight: 'notice',
    find: file =>
      isForeign(file.path)
        ? []
        : [
            ...(/(^|\/)(?:sitecustomize|usercustomize)\.py$|\.pth$/.test(file.path)
              ? added(file, /\S/).slice(0, 1)
              : []),
            ...(/(^|\/)\.(?:env|noderc|npmrc|profile|bashrc|envrc)[^/]*$/.test(file.path)
              ? added(
                  file,
                  /(?:NODE_OPTIONS|node-options)\s*=.*--(?:import|require|loader)|\bPYTHONSTARTUP\s*=/,
                )
              : []),
            ...(/(^|\/)(?:pytest|\.pytest|tox|setup|pyproject)\.(?:ini|cfg|toml)$/.test(file.path)
              ? added(file, /\baddopts\b.*-p["',\s]+\w/)
              : []),
          ],
  },
  {
    kind: 'swallows-errors',
    explanation:
      'Errors that nobody caught are made to disappear, or what every program builds on is replaced.',
    weight: 'notice',
    find: file =>
      isJavaScript(file) && isLibrary(file)
        ? added(
            file,
            /\bprocess\.(?:on|once)\(\s*['"]un(?:caughtException|handledRejection)['"].*\{\s*\}|\b(?:Promise|Object|Function|Error)\.prototype(?:\.\w+\s*=(?!=)|\s*,)|\bglobal(?:This)?\.(?:Error|Promise|Object|process)\s*=(?!=)/,
          )
        : [],
  },
  {
    kind: 'looks-at-callers',
    explanation: 'Code looks at who calls it, which may be a test.',
    weight: 'notice',
    find: file =>
      (isJavaScript(file) || isPython(file)) && isLibrary(file)
        ? added(
            file,
            /\bsys\._getframe\(|\binspect\.(?:currentframe|stack)\(|\bf_code\.co_consts\b|\bprocess\.argv\[1\]|\brequire\.main\.filename\b|\bnew Error\([^)]*\)\.stack\b/,
          )
        : [],
  },
  {
    kind: 'uses-test-tools',
    explanation: 'Code outside of the tests uses a test runner, or goes through all objects of the process.',
    weight: 'notice',
    find: file =>
      isLibrary(file)
        ? added(
            file,
            isPython(file)
              ? /^\s*(?:import|from)\s+(?:unittest|_?pytest)\b|\bgc\.get_objects\(/
              : isJavaScript(file)
                ? /\b(?:from|import|require)\b.*['"](?:node:test|vitest|@jest\/[\w-]+|mocha|async_hooks|node:async_hooks)['"]/
                : /$^/,
          )
        : [],
  },
  {
    kind: 'compiled-code',
    explanation: 'Compiled code was added, which nobody can read.',
    weight: 'notice',
    find: file =>
      file.change === 'added' &&
      /\.(?:so|pyd|dll|dylib|node|pyc|wasm)$/.test(file.path) &&
      !isForeign(file.path)
        ? [{ file: file.path, line: null, text: 'new file' }]
        : [],
  },
]
