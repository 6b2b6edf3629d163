import { expect, test } from 'vitest'
import { testBroken } from './testing/broken.ts'
import { load, makeFolder, mistakesIn, suiteWith, task } from './testing/suites.ts'

testBroken([
  { name: 'a tab as indentation', suite: 'suite: s\nsources:\n‸\trepo: 1\n', says: ['use spaces'] },
  {
    name: 'a key twice',
    suite: suiteWith({ tail: '‸suite: t' }),
    says: [['duplicate key "suite"', 'line 1, column 1']],
  },
  {
    name: 'a key twice in a nested mapping in braces',
    suite: suiteWith({ head: 'suite: s\nlimits: { maxTurns: 1, ‸maxTurns: 2 }' }),
    says: [['duplicate key "maxTurns"', 'line 2, column 11']],
  },
  {
    name: 'two sources of one name',
    suite: suiteWith({ sources: 'sources:\n  repo: { folder: ./repo }\n  ‸repo: { folder: ./repo }' }),
    says: ['duplicate key "repo"'],
  },
  { name: 'an empty file', suite: '‸', says: ['the file is empty'] },
  { name: 'a file of comments', suite: '‸# nothing\n\n# here\n', says: ['the file is empty'] },
  { name: 'a null file', suite: '‸---\n', says: ['expected a suite (a mapping'] },
  { name: 'a list', suite: '# a list\n‸- suite: s\n', says: [['expected a suite (a mapping', 'got a list']] },
  { name: 'a text', suite: '‸hello\n', says: ['got "hello"'] },
  { name: 'two documents', suite: `${suiteWith({})}‸---\nsuite: t\n`, says: ['second document'] },
  {
    name: 'two documents, the first one ended',
    suite: `${suiteWith({})}...\n‸suite: t\n`,
    says: ['second document'],
  },
  {
    name: 'a tag of its own',
    suite: suiteWith({ head: 'suite: ‸!upper s' }),
    says: ['tag "!upper" is not supported'],
  },
  {
    name: 'a tag that makes objects in other languages',
    suite: suiteWith({ head: 'suite: s\ndescription: ‸!!python/object:os.system x' }),
    says: ['tag "!!python/object:os.system"'],
  },
  {
    name: 'binary content',
    suite: suiteWith({ head: 'suite: s\ndescription: ‸!!binary aGk=' }),
    says: ['tag "!!binary"'],
  },
  {
    name: 'a tag on a list',
    suite: suiteWith({ head: 'suite: s\ntags: ‸!!set [a]' }),
    says: ['tag "!!set"'],
  },
  {
    name: 'a tag that does not fit',
    suite: suiteWith({ head: 'suite: s\ntrials: ‸!!int many' }),
    says: ['tag "!!int"'],
  },
  {
    name: 'a directive for tags',
    suite: `‸%TAG ! tag:x,2020:\n---\n${suiteWith({})}`,
    says: ['remove the directive'],
  },
  {
    name: 'an unknown alias',
    suite: suiteWith({ head: 'suite: s\ntags: [‸*all]' }),
    says: ['unknown alias "*all"'],
  },
  {
    name: 'an alias above its anchor',
    suite: suiteWith({ head: 'suite: s\ntags: ‸*t', tail: 'description: &t x' }),
    says: ['unknown alias "*t"'],
  },
  {
    name: 'an alias inside of what it repeats',
    suite: suiteWith({ head: 'suite: s\ntags: &t [a, ‸*t]' }),
    says: ['stands inside of what it repeats'],
  },
  {
    name: 'very many aliases',
    suite: suiteWith({ head: `suite: s\ndescription: &d x\ntags: [${'*d, '.repeat(100)}‸*d]` }),
    says: ['more than 100 aliases'],
  },
  {
    name: 'aliases of aliases that grow a thousandfold with each line',
    suite: `a: &a [${'x'.repeat(100)}]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,‸*d,*d]\n`,
    says: ['aliases repeat more than 1,000,000 characters'],
  },
  {
    name: 'deep nesting by aliases',
    suite: `a0: &a0 [x]\n${Array.from({ length: 62 }, (_, i) => `a${i + 1}: ${i === 61 ? '[‸' : `&a${i + 1} [`}*a${i}]\n`).join('')}`,
    says: ['nested more than 64 levels deep by aliases'],
  },
  { name: 'deep nesting', suite: `a: ${'['.repeat(63)}‸[\n`, says: ['nested more than 64 levels deep'] },
  {
    name: 'a hundred thousand brackets',
    suite: `a: ${'['.repeat(63)}‸${'['.repeat(100_000)}`,
    says: ['nested more than 64 levels deep'],
  },
  {
    name: 'a bracket that is not closed',
    suite: `suite: s\ntags: [a, b\n‸sources: {}\n`,
    says: ['not closed'],
  },
  { name: 'a brace too many', suite: 'suite: s\ntags: [a]‸]\n', says: ['not valid YAML'] },
  { name: 'a text with a colon', suite: 'suite: s\ndescription: fix‸: it\n', says: ['in quotes'] },
  {
    name: 'a text that begins with a sign of YAML',
    suite: 'suite: s\ndescription: ‸@home\n',
    says: ['cannot begin with "@"'],
  },
  { name: 'an escape that does not exist', suite: 'suite: "a\\‸q"\n', says: ['escape'] },
  { name: 'wrong indentation', suite: 'suite: s\ntasks:\n  - id: a\n   ‸prompt: x\n', says: ['indentation'] },
  { name: 'a control character', suite: 'suite: s\ndescription: a‸\u0007b\n', says: ['U+0007'] },
  { name: 'a NUL character', suite: 'suite: s‸\u0000\n', says: ['NUL'] },
  {
    name: 'a NUL character as an escape',
    suite: task('tags: [x]')
      .replace('tasks:', suiteWith({ tasks: 'tasks:' }))
      .replace('Do it.', '‸"Do \\0 it."'),
    says: ['NUL'],
  },
  {
    name: 'half a character',
    suite: suiteWith({ head: 'suite: s\ndescription: ‸"\\ud83d"' }),
    says: ['surrogate'],
  },
  {
    name: 'a mapping as key',
    suite: suiteWith({ tail: '? ‸[a]\n: 1' }),
    says: ['expected a plain text as key'],
  },
  {
    name: 'the name of a prototype as key',
    suite: suiteWith({ tail: '‸__proto__: { polluted: true }' }),
    says: ['unknown key "__proto__"'],
  },
  {
    name: 'the name of a prototype deep inside',
    suite: suiteWith({ head: 'suite: s\nlimits: { ‸__proto__: { maxTurns: 1 } }' }),
    says: ['unknown key "__proto__"'],
  },
  {
    name: 'the name of a constructor as key',
    suite: suiteWith({ tail: '‸constructor: 1' }),
    says: ['unknown key "constructor"'],
  },
  {
    name: 'a merge key',
    suite: suiteWith({ head: 'suite: s\nlimits: { ‸<<: { maxTurns: 1 } }' }),
    says: [['unknown key "<<"', 'no merge keys']],
  },
])

test.each([
  ['a lone continuation byte', [0x61, 0x0a, 0x62, 0x80], '2:2', '0x80'],
  ['a cut sequence', [0x61, 0x3a, 0x20, 0xc3, 0x28], '1:4', '0xc3'],
  ['a sequence that begins like the replacement mark', [0x61, 0xef, 0xbf, 0x41], '1:2', '0xef'],
  ['a surrogate', [0x61, 0xed, 0xa0, 0x80], '1:2', '0xed'],
  ['a sequence cut by the end of the file', [0x61, 0x0a, 0xf0, 0x9f, 0x98], '2:1', '0xf0'],
  ['columns after a wide character count as in editors', [0xf0, 0x9f, 0x98, 0x80, 0xff], '1:3', '0xff'],
  ['a byte-order mark is no column', [0xef, 0xbb, 0xbf, 0x61, 0xff], '1:2', '0xff'],
  ['UTF-16', [0xff, 0xfe, 0x61, 0x00], '1:1', 'UTF-16'],
])('invalid UTF-8: %s', async (_, bytes, place, word) => {
  const [mistake, ...more] = await mistakesIn(makeFolder({ 'suite.yaml': new Uint8Array(bytes) }))
  expect(mistake).toContain(`suite.yaml:${place}: `)
  expect(mistake).toContain(word)
  expect(more).toEqual([])
})

test('lines are counted alike with every kind of line end', async () => {
  const suite = suiteWith({ tail: 'trails: 1' })
  const line = suite.split('\n').length - 1
  for (const end of ['\n', '\r\n']) {
    const [mistake] = await mistakesIn(makeFolder({ 'suite.yaml': suite.replaceAll('\n', end) }))
    expect(mistake).toBe(`suite.yaml:${line}:1: unknown key "trails" (did you mean "trials"?)`)
  }
})

test('a byte-order mark, a directive for the version, core tags, anchors and unusual names are fine', async () => {
  const suite = await load(
    makeFolder({
      'suite.yaml': `\ufeff%YAML 1.2\n---\nsuite: !!str 1.0\ntags: &tags [a, "b"]\n${suiteWith({
        head: '',
        sources: 'sources: !!map\n  1.0: { folder: ./repo }',
        tasks:
          'tasks:\n  - id: "2"\n    prompt: |\n      Do: [it] {now}\n    tags: *tags\n    graders: !!seq [{ type: tests, run: [x] }]',
      })}...\n`,
    }),
  )
  expect(suite.name).toBe('1.0')
  expect(Object.keys(suite.sources)).toEqual(['1.0'])
  expect(suite.tasks).toMatchObject([{ id: '2', source: '1.0', prompt: 'Do: [it] {now}', tags: ['a', 'b'] }])
})

test('a file that is too large is refused unread', async () => {
  const suite = suiteWith({ head: `suite: s\ndescription: ${'x'.repeat(5_000_000)}` })
  expect(await mistakesIn(makeFolder({ 'suite.yaml': suite }))).toEqual([
    expect.stringMatching(/^suite\.yaml:1:1: .*larger than 5 MB/),
  ])
})
