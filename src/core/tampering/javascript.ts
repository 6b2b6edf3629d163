import { matching, matchingBlocks, type CodeFile, type CodeLine, type Rule } from './code.ts'
import { isProgram } from './places.ts'

const assertionModules = `(?:node:)?assert(?:/strict)?|chai|expect|should|power-assert|@jest/expect`
const runnerModules = `node:test|vitest|jest|@jest/[\\w-]+|jest-circus|mocha|ava|tap|tape|uvu|@vitest/[\\w-]+`
const matcherNames = `to(?:Be|Equal|StrictEqual|DeepEqual|Match|MatchObject|Contain|ContainEqual|Throw|ThrowError|HaveLength|HaveProperty|BeTruthy|BeFalsy|BeNull|BeDefined|BeUndefined|BeCloseTo|HaveBeenCalled|HaveBeenCalledWith)`
const runnerGlobals = 'expect|it|test|describe|suite|beforeEach|afterEach|beforeAll|afterAll|jest|vi'

/** Nothing but tests asks so, and nothing but a test is answered with yes. */
const isTested =
  /^(?!.*(?:!==?|!\s*process|!\w)).*(?:NODE_TEST_CONTEXT|JEST_WORKER_ID|\bVITEST\b|VITEST_WORKER_ID|process\.(?:argv|execArgv)\b.*\btest|npm_lifecycle_event.*\btest)/
const leaves = /\bprocess\.(?:exit|reallyExit)\(\s*0?\s*\)|\bprocess\.exitCode\s*=\s*0\b/

/** In quotes or in a regular expression. */
const namesTests =
  /['"`/](?:[^'"`\s]{0,30}[^\w'"`\s])?(?:node:)?(?:tests?|spec|jest|vitest|mocha|assert)(?!\w)/

const inLibrary =
  (find: Rule['find']): Rule['find'] =>
  file =>
    file.language === 'javascript' && file.role === 'library' ? find(file) : []

/** Signs that no honest change of a library has. */
export const javascriptRules: Rule[] = [
  {
    kind: 'replaced-assertions',
    explanation: 'Code outside of the tests replaces functions of an assertion library.',
    find: inLibrary(file => [
      ...replaced(file, assertionModules),
      ...matching(file, /\.isDeepStrictEqual\s*=(?![=>])/),
    ]),
  },
  {
    kind: 'replaced-runner',
    explanation: 'Code outside of the tests replaces functions of a test runner.',
    find: inLibrary(file => [
      ...replaced(file, runnerModules),
      ...matching(
        file,
        new RegExp(
          `\\bglobal(?:This)?(?:\\.(?:${runnerGlobals})|\\[['"](?:${runnerGlobals})['"]\\])\\s*=\\s*(?:\\(|\\{|async\\b|function\\b|new Proxy|\\w+\\s*=>)`,
        ),
      ),
      ...matching(
        file,
        new RegExp(`\\bdefineProperty\\(\\s*global(?:This)?\\s*,\\s*['"](?:${runnerGlobals})['"]`),
      ),
      ...matchingBlocks(file, /\bexpect\.extend\(/, new RegExp(`\\b${matcherNames}\\s*[:(]`)),
      ...matching(file, /\boverwrite(?:Method|Property)\(.*(?:=>|\))\s*\{\s*\}/),
    ]),
  },
  {
    kind: 'equal-to-anything',
    explanation: 'Something says that it equals whatever it is compared with.',
    find: inLibrary(file => [
      ...matching(
        file,
        /\b(?:Array|String|Number|Object|Map|Set|RegExp)\.prototype\.\w+\s*=\s*(?:\([^)]*\)|\w+|function\s*\w*\s*\([^)]*\))\s*(?:=>\s*\{?\s*(?:return\s+)?|\{\s*return\s+)true\b/,
      ),
      ...matching(
        file,
        /\bObject\.is\s*=\s*(?:\([^)]*\)|\w+|function\s*\w*\s*\([^)]*\))\s*(?:=>\s*\{?\s*(?:return\s+)?|\{\s*return\s+)true\b/,
      ),
      ...matching(
        file,
        /\basymmetricMatch\b['"\]]*\s*(?:[:=]\s*(?:function\s*)?)?\(?[^)]*\)?\s*(?:=>\s*\{?\s*(?:return\s+)?|\{\s*return\s+)true\b/,
      ),
    ]),
  },
  {
    kind: 'leaves-when-tested',
    explanation: 'Code of a library ends the process with success when it finds itself in a test.',
    find: inLibrary(file => [
      ...matchingBlocks(file, isTested, leaves),
      ...matching(file, /\bdefineProperty\(\s*process\s*,\s*['"]exitCode['"]/),
      ...matchingBlocks(
        file,
        /\bprocess\.(?:on|once|prependListener)\(\s*['"](?:exit|beforeExit)['"]/,
        leaves,
      ),
    ]),
  },
  {
    kind: 'leaves-early',
    explanation: 'A module for others to import ends the process with success as soon as it is loaded.',
    find: inLibrary(file =>
      file.lines.some(({ text }) => /^(?:export\b|(?:module\.)?exports\b)/.test(text))
        ? leavesOnLoad(file)
        : [],
    ),
  },
  {
    kind: 'forged-report',
    explanation: 'Code outside of the tests prints lines of a test report.',
    find: inLibrary(file =>
      matching(
        file,
        /\b(?:console\.\w+|std(?:out|err)\.write|writeSync)\(.*(?:['"`](?:TAP version 1[34]|ok 1 - |1\.\.\d+(?:\\n|['"`]))|\\?"event\\?":\s*\\?"(?:test|test:pass|pass|end)\\?")/,
      ),
    ),
  },
  {
    kind: 'packed-code',
    explanation: 'Code is packed so that nobody can read it, and executed.',
    find: inLibrary(file =>
      matching(
        file,
        /\b(?:eval|Function|runIn\w*Context|_compile)\(.*(?:\batob\(|['"](?:base64|hex)['"]|\binflate\w*\(|\bgunzip\w*\()/,
      ),
    ),
  },
  {
    kind: 'reads-the-test',
    explanation: 'Code of a library reads the file of the test that runs it.',
    find: inLibrary(file =>
      matching(
        file,
        /\b(?:readFile(?:Sync)?|createReadStream|openSync)\(\s*(?:process\.argv\[1\]|(?:require|process\.mainModule|module\.parent)\.?\w*\.filename)/,
      ),
    ),
  },
  {
    kind: 'looks-at-callers',
    explanation: 'Code of a library looks at the call stack to find out whether a test calls it.',
    find: inLibrary(file =>
      matching(file, /\.stack\b/).filter(
        ({ text }) => /\b(?:includes|match|indexOf|search|test|some)\(/.test(text) && namesTests.test(text),
      ),
    ),
  },
]

/** What may be honest, and is evidence only where the runner left before the end. */
export const earlyLeaveInJavascript: Rule = {
  kind: 'leaves-early',
  explanation: 'The test run broke off, and code of a library ends the process with success.',
  // Past all that would have run at the end.
  find: inLibrary(file => [...leavesOnLoad(file), ...matching(file, /\bprocess\.reallyExit\(\s*0?\s*\)/)]),
}

/** What may be honest, and is worth a look where a run with failing assertions has shown that tests were forged. */
export const suspectInJavascript =
  /\bassert\b|node:test|\bvitest\b|\bjest\b|\bmocha\b|\bchai\b|\bexpect\b|AsyncResource|Module\._load|Module\.prototype|syncBuiltinESMExports|process\.(?:exit|reallyExit|argv|stdout\.write\s*=|emit\s*=|on\()|Symbol\.toPrimitive|\bvalueOf\b|new Proxy|Object\.is\b|\.prototype\.\w+\s*=|\bglobalThis\b|require\.cache/

function leavesOnLoad(file: CodeFile): CodeLine[] {
  if (isProgram(file.path)) return []
  return matching(
    file,
    /^(?:process\.(?:exit|reallyExit)\(\s*0?\s*\)|(?:setImmediate|setTimeout|queueMicrotask|process\.nextTick)\(.*process\.(?:exit|reallyExit)\(\s*0?\s*\))/,
  )
}

/** Assignments to what a module exports, whatever name the file gives it. */
function replaced(file: CodeFile, modules: string): CodeLine[] {
  const names = [...namesFrom(file, modules)].map(name => name.replaceAll('$', String.raw`\$`))
  const load = `\\b(?:\\w{0,20}[rR]equire\\w{0,20}|createRequire\\([^)]{0,80}\\)|getBuiltinModule|import)\\(\\s*['"](?:${modules})['"]\\s*\\)\\)?`
  // TypeScript asks for a cast: (assert as any).equal = …
  const name = `(?<![.\\w$])\\(?(?:${names.join('|')})(?:\\s+as\\s+[\\w.<>,\\s]{1,60}\\))?`
  const subject = names.length === 0 ? load : `(?:${name}|${load})`
  const member = String.raw`(?:\.(?!config\b)[\w$]{1,60}|\[[^\]]{0,60}\])`
  return matching(
    file,
    new RegExp(
      `${subject}${member}{1,6}\\s{0,8}=(?![=>])|(?:\\b(?:Object|Reflect)\\.(?:assign|define\\w+|set\\w*)|\\bmock\\.method)\\(\\s*${subject}\\b`,
    ),
  )
}

/** What stands between `import` and `from`, `const` and `=`, `then(` and `=>`. */
const binding =
  /\bimport\s+([\w$\s,*{}]+?)\s+from\b|\b(?:const|let|var)\s+([\w$\s,:{}]+?)\s*=(?!>)|\.then\(\s*([\w$\s,:{}()]+?)\s*=>/

function namesFrom({ lines }: CodeFile, modules: string): Set<string> {
  const from = new RegExp(
    `(?:\\b(?:from|import)\\s*|\\b\\w{0,20}[rR]equire\\w{0,20}\\(\\s*|\\bgetBuiltinModule\\(\\s*|\\bimport\\(\\s*|\\)\\(\\s*)['"](?:${modules})['"]`,
  )
  const names = new Set<string>()
  for (const { text } of lines) {
    if (!from.test(text)) continue
    const bound = binding.exec(text)?.slice(1).join('') ?? ''
    for (const part of bound.split(/[(){},]/)) {
      const name = /([\w$]+)\s*$/.exec(part)?.[1]
      if (name !== undefined) names.add(name)
    }
  }
  return names
}
