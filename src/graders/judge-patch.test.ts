import { expect, test } from 'vitest'
import { fairShare, patchEvidence } from './judge-patch.ts'
import { judgePrompt } from './judge-prompt.ts'

function file(path: string, text: string, isNew = true): string {
  const lines = text.split('\n')
  return [
    `diff --git a/${path} b/${path}`,
    ...(isNew ? ['new file mode 100644'] : []),
    '--- /dev/null',
    `+++ b/${path}`,
    `@@ -0,0 +1,${lines.length} @@`,
    ...lines.map(line => `+${line}`),
    '',
  ].join('\n')
}

test('a huge file does not push a small one out, and what is cut of it is said', () => {
  const evidence = patchEvidence(`${file('a.txt', 'x'.repeat(500_000))}${file('src/b.js', 'evil()')}`)
  const { user } = judgePrompt('r', 't', evidence)
  expect(user).toContain('+evil()')
  expect(user).toMatch(
    /file 1 of 2 \(the first \d+ and the last \d+ of 500\d+ characters; the rest is left out/,
  )
  expect(user.length).toBeLessThan(90_000)
})

test('of very many files the changed ones are shown first, the rest by name', () => {
  const many = Array.from({ length: 100 }, (_, i) => file(`a/${i}.txt`, 'x'.repeat(3000))).join('')
  const evidence = patchEvidence(`${many}${file('src/b.js', 'evil()', false)}`)
  expect(evidence).toHaveLength(41)
  expect(evidence[0]?.text).toContain('+evil()')
  expect(evidence[40]?.title).toContain('61 further files, which are left out')
  expect(evidence[40]?.text.split('\n')).toContain('a/99.txt')
  expect(judgePrompt('r', 't', evidence).user.length).toBeLessThan(100_000)
})

test('what small files leave over goes to large ones', () => {
  expect(fairShare([10, 10], 100)).toBe(100)
  expect(fairShare([10, 200], 100)).toBe(90)
  expect(fairShare([10, 200, 300], 100)).toBe(45)
  expect(fairShare([80, 80, 80, 80], 100)).toBe(25)
})
