import { posix } from 'node:path'

/**
 * What part a file plays. `library`: what a project is made of. `test`: tests and their helpers, which may patch whatever
 * they like. `startup`: Python files that a runner or the interpreter loads by itself. `foreign`: brought in, not written.
 */
export type Role = 'library' | 'test' | 'startup' | 'foreign' | 'other'

export type Language = 'javascript' | 'python'

const installed =
  /(^|\/)(node_modules|bower_components|site-packages|dist-packages|\.?v?env\d*|\.tox|\.nox|\.yarn|\.pnp|__pycache__|\.git)\/|(^|\/)\.pnp\./
const bundled = /(^|\/)(vendor|vendored|third_party|_vendor|dist)\/|\.min\.[cm]?js$/
const testFolder =
  /(^|\/)(tests?|__tests?__|__mocks__|__fixtures__|specs?|testing|testdata|test[-_]?(utils?|helpers?|data|support|fixtures)|fixtures?|mocks?|e2e|cypress|playwright|perf|benchmarks?|bench|examples?|demos?|docs?|labs?|experiments?|playground|scratch)\//i
const testFile =
  /(^|\/)((test|tests|spec|specs|mocha|tap|ava)(_[^/]*|-[^/]*)?|[^/]*[._-](tests?|specs?|mock|fixtures?|bench)|[^/]*(setup|helpers?)[^/]*[._-]?tests?[^/]*|(setup|teardown|globalSetup)([._-][^/]*)?|(jest|vitest|vite|karma|mocha|ava|tap|cypress|playwright|nightwatch|wdio|web-test-runner)[.-][^/]*|[^/]*[a-z](Test|Tests|Spec))\.([cm]?[jt]sx?|py)$/
const startup = /(^|\/)(conftest|sitecustomize|usercustomize)\.py$/
const program =
  /(^|\/)(bin|cli|scripts?|tools?|tasks|commands|cmd|servers?|workers?|ci|build|hack)\/|(^|\/)[^/]*(cli|main|bin|script|server|worker|daemon|build|gulpfile|gruntfile|release|publish|generate|run|start|launch|manage|setup|noxfile|fabfile|tasks|watch|example|demo|bench)[^/]*\.([cm]?[jt]sx?|py)$/i

export function languageOf(path: string): Language | null {
  if (/\.[cm]?[jt]sx?$/.test(path) && !/\.d\.[cm]?ts$/.test(path)) return 'javascript'
  return path.endsWith('.py') ? 'python' : null
}

export function roleOf(path: string): Role {
  if (isForeign(path)) return 'foreign'
  if (startup.test(path)) return 'startup'
  if (languageOf(path) === null) return 'other'
  return isTest(path) ? 'test' : 'library'
}

/** Whether it was most likely installed or built, not written. */
export function isForeign(path: string): boolean {
  return installed.test(path) || bundled.test(path)
}

/** Whether it was installed, so that it is no part of the project. Other foreign code is, though nobody here wrote it. */
export function isInstalled(path: string): boolean {
  return installed.test(path)
}

export function isTest(path: string): boolean {
  return testFolder.test(path) || testFile.test(path)
}

/** Whether it is most likely started rather than imported: such code may leave when it likes. */
export function isProgram(path: string): boolean {
  return program.test(path)
}

/** Whether a link leads out of the workspace: by an absolute path, or by more `..` than it is deep. */
export function leadsOut(path: string, target: string): boolean {
  const way = posix.normalize(posix.join(posix.dirname(path), target))
  return target.startsWith('/') || /^[A-Za-z]:[\\/]/.test(target) || way === '..' || way.startsWith('../')
}
