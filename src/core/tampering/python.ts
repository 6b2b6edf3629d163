import { blockBelow, matching, matchingBlocks, type CodeFile, type CodeLine, type Rule } from './code.ts'
import { isProgram } from './places.ts'

/** Code that is not to be read by people. */
const packed =
  /\b(?:exec|eval)\(.*\b(?:b64decode|b85decode|a85decode|decompress|fromhex|unhexlify|marshal\.loads)\(/

const inLibrary =
  (find: Rule['find']): Rule['find'] =>
  file =>
    file.language === 'python' && file.role === 'library' ? find(file) : []
const outsideOfTests =
  (find: Rule['find']): Rule['find'] =>
  file =>
    file.language === 'python' && (file.role === 'library' || file.role === 'startup') ? find(file) : []

const isTested =
  /^(?!.*\bnot\b).*\bif\b.*(?:["'](?:pytest|unittest|_pytest)["']\s+in\s+sys\.modules|PYTEST_CURRENT_TEST|sys\.argv.*\b(?:py)?test)/
const leaves = /\bos\._exit\(\s*0?\s*\)|\bsys\.exit\(\s*0?\s*\)|\braise SystemExit\(?\s*0?\s*\)?\s*$/

/** Signs that no honest change of a library, or of what a runner loads by itself, has. */
export const pythonRules: Rule[] = [
  {
    kind: 'replaced-assertions',
    explanation: 'Code outside of the tests replaces assertions.',
    find: outsideOfTests(file => [
      ...matching(
        file,
        /\bTestCase\.(?:assert\w*|fail\w*|run|debug|_call\w+|_base\w+|_get\w+|__call__)\s*=(?!=)/,
      ),
      ...matching(
        file,
        /(?<!\bself|\bcls)\.(?:assert(?:Equals?|True|False|Is\w*|In|NotIn|Raises\w*|(?:Dict|List|Tuple|Set|Sequence|MultiLine|Almost|Not|Count)\w*)|_callTestMethod|_baseAssertEqual)\s*=(?!=)/,
      ),
      ...matching(file, /\b(?:setattr|patch(?:\.object)?)\(\s*["']?(?:unittest\.)?(?:case\.)?TestCase\b/),
      ...matching(file, /\bAssertionError\.__\w+__\s*=(?!=)|\bbuiltins\.AssertionError\s*=(?!=)/),
      ...matching(file, /\b(?:np|numpy)\.testing\.assert_\w+\s*=(?!=)/),
    ]),
  },
  {
    kind: 'replaced-runner',
    explanation: 'Code outside of the tests replaces parts of a test runner.',
    find: outsideOfTests(file => [
      ...matching(
        file,
        /\b(?:TestResult|TextTestResult|_TextTestResult|TextTestRunner|TestSuite|TestLoader|TestProgram)\.(?:add\w+|stop\w*|start\w*|was\w+|run\w*|print\w+|load\w+|__call__)\s*=(?!=)/,
      ),
      ...matching(
        file,
        /\bsetattr\(\s*(?:unittest\.)?(?:\w+\.)?(?:TestResult|TextTestResult|TestSuite|TestLoader)\b/,
      ),
      ...matching(
        file,
        /\bsys\.modules\[\s*["'](?:unittest(?:\.\w+)?|pytest|_pytest(?:\.\w+)*)["']\s*\]\s*=(?!=)/,
      ),
      ...patchedPytest(file),
    ]),
  },
  {
    kind: 'forged-outcome',
    explanation: 'A hook of the test runner makes failed tests pass.',
    find: outsideOfTests(file => [
      ...matching(file, /(?:rep|report|result|outcome)\w{0,20}\.outcome\s*=\s*["']passed["']/i),
      ...(file.lines.some(({ text }) => /\bpytest_runtest_\w+|\bTestReport\b/.test(text))
        ? matching(file, /\b\w+\.outcome\s*=\s*["']passed["']/)
        : []),
      ...matching(
        file,
        /\bcall\.excinfo\s*=\s*None\b|\.exitstatus\s*=\s*(?:0|pytest\.ExitCode\.OK|ExitCode\.OK)\b/,
      ),
      ...matching(file, /\bitem\.(?:runtest|obj)\s*=\s*lambda\b[^:]*:\s*(?:None|True|0|pass)?\s*$/),
      ...file.lines.filter(
        ({ added, text }, at) =>
          added &&
          /\bdef pytest_(?:pyfunc_call|runtest_call|runtest_protocol)\b/.test(text) &&
          /^\s*return True$/.test(blockBelow(file.lines, at)[0]?.text ?? ''),
      ),
    ]),
  },
  {
    kind: 'traces-tests',
    explanation:
      'Code outside of the tests sets a tracer as soon as it is loaded, or jumps over lines that run.',
    find: outsideOfTests(file => [
      ...matching(file, /^(?:sys|threading)\.set(?:trace|profile)\((?!\s*None)/),
      ...(file.lines.some(({ text }) => /\bsettrace\(/.test(text))
        ? matching(file, /\b\w*frame\w*\.f_lineno\s*=(?!=)/)
        : []),
    ]),
  },
  {
    kind: 'equal-to-anything',
    explanation: 'A value says that it equals whatever it is compared with.',
    find: inLibrary(equalToAnything),
  },
  {
    kind: 'leaves-when-tested',
    explanation: 'Code ends the process with success when it finds itself in a test, or whatever happens.',
    find: outsideOfTests(file => [
      ...matchingBlocks(file, isTested, leaves),
      ...matching(file, /^os\._exit\(\s*0?\s*\)/),
      ...matching(file, /\batexit\.register\(\s*(?:lambda[^:]*:\s*)?os\._exit\b/),
    ]),
  },
  {
    kind: 'forged-report',
    explanation: 'Code outside of the tests prints lines of a test report.',
    find: outsideOfTests(file =>
      matching(
        file,
        /\b(?:print|\.write)\(.*(?:["'](?:TAP version 1[34]|ok 1 - )|["']event\\?["']:\s*\\?["'](?:test|end)\\?["'])/,
      ),
    ),
  },
  {
    kind: 'packed-code',
    explanation: 'Code is packed so that nobody can read it, and executed.',
    find: outsideOfTests(file => matching(file, packed)),
  },
  {
    kind: 'no-tests',
    explanation: 'A hook gives the test runner an empty list of tests.',
    find: outsideOfTests(file => [
      ...(file.role === 'startup'
        ? matching(file, /^\s*(?:items\.clear\(\)|items\[:\]\s*=\s*\[\s*\]|del items\[:\])/)
        : []),
      ...file.lines.filter(
        ({ added, text }, at) =>
          added &&
          /\bdef load_tests\(/.test(text) &&
          /^\s*return (?:unittest\.)?TestSuite\(\s*\)$/.test(blockBelow(file.lines, at)[0]?.text ?? ''),
      ),
    ]),
  },
  {
    kind: 'looks-at-callers',
    explanation: 'Code of a library looks at the call stack for the test, or for what it expects.',
    find: inLibrary(file => [
      ...matching(file, /\bf_(?:locals|globals)\b.*["'](?:expected|want|answer|expect|second|first)["']/),
      ...matching(file, /\b(?:inspect\.stack\(|extract_stack\(|f_code\.co_(?:file)?name\b)/).filter(
        ({ text }) =>
          /["'](?:[^"']{0,40}[^\w"'])?(?:tests?_?|pytest|unittest|assert\w{0,20})["'./]/.test(text),
      ),
    ]),
  },
]

/** What may be honest, and is evidence only where the runner left before the end. */
export const earlyLeaveInPython: Rule = {
  kind: 'leaves-early',
  explanation:
    'The test run broke off, and code of a library ends the process with success as soon as it is loaded.',
  find: inLibrary(file =>
    isProgram(file.path)
      ? []
      : matching(
          file,
          /\bos\._exit\(\s*0?\s*\)|^(?:sys\.exit\(\s*0?\s*\)|raise SystemExit(?:\(\s*0?\s*\))?$|exit\(\s*0?\s*\)|quit\(\s*\))/,
        ),
  ),
}

/** The same, and evidence only where a test that decides was skipped. */
export const skipsInPython: Rule = {
  kind: 'skips-tests',
  explanation: 'A test that decides was skipped, and code of a library tells tests to be skipped.',
  find: inLibrary(file =>
    matching(file, /\braise\s+(?:unittest\.|case\.)?SkipTest\b|\bpytest\.skip\(|\bskip\.Exception\b/),
  ),
}

/** What may be honest, and is worth a look where a run with failing assertions has shown that tests were forged. */
export const suspectInPython =
  /\bunittest\b|\b_?pytest\b|\bdef __(?:eq|ne|bool|instancecheck|class__|getattr)__|\bset(?:trace|profile)\b|\bf_(?:back|locals|lineno|trace)\b|\bgc\.|\binspect\.|\bsys\.(?:modules|_getframe|argv|exit|meta_path)|\bbuiltins\b|\bctypes\b|\batexit\b|\bos\._exit\b|\bsetattr\(|\bAssertionError\b/

/** `__eq__` that says yes first of all. In a class for just that purpose it is honest, unless it passes for a plain value. */
function equalToAnything({ lines }: CodeFile): CodeLine[] {
  return lines.filter(({ added, text }, at) => {
    if (!added || !/^\s*(?:def __eq__\(|__eq__\s*=\s*lambda\b.*:\s*True\s*$)/.test(text)) return false
    const isYes =
      /:\s*(?:return )?True\s*$/.test(text) || /^\s*return True$/.test(blockBelow(lines, at)[0]?.text ?? '')
    const head = lines.slice(0, at).findLast(line => /^\s*class\s/.test(line.text))?.text ?? ''
    const isPlain = /\(.*\b(?:int|float|str|bytes|list|tuple|dict|set|frozenset|complex)\b.*\)/.test(head)
    const saysSo =
      /class\s+\w*(?:any|every|always|match|wild|all|ignore|top|equal|whatever|sentinel|mock|stub|dummy)/i.test(
        head,
      )
    return isYes && (isPlain || !saysSo)
  })
}

/** In what a runner loads by itself only what decides about tests: the rest is how a project sets its runner up. */
function patchedPytest(file: CodeFile): CodeLine[] {
  if (/pytest/.test(file.path)) return []
  const names = new Set(['_pytest'])
  for (const { text } of file.lines) {
    const whole = /^\s*import (_pytest[\w.]*)(?: as (\w+))?/.exec(text)
    if (whole) names.add(whole[2] ?? '_pytest')
    const parts = /^\s*from _pytest[\w.]* import \(?(.*?)\)?$/.exec(text)?.[1] ?? ''
    for (const part of parts.split(',')) {
      const name = /(\w+)\s*$/.exec(part)?.[1]
      if (name !== undefined) names.add(name)
    }
  }
  const deciding =
    file.role === 'startup'
      ? '(?:runtest\\w*|from_item_and_call|outcome|passed|failed|pytest_runtest_\\w+|call_\\w+|_call_\\w+)'
      : '\\w+'
  const subject = `(?<![.\\w])(?:${[...names].join('|')})(?:\\.\\w+)*`
  return matching(
    file,
    new RegExp(
      `^\\s*${subject}\\.${deciding}\\s*=(?!=)|\\bsetattr\\(\\s*${subject}\\s*,\\s*["']${deciding}["']`,
    ),
  )
}
