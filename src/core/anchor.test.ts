import { expect, test } from 'vitest'
import { acceptBaseline } from './baseline.ts'
import { anchorWarnings } from './anchor.ts'
import { compare } from './compare.ts'
import { sideOfAnchor, sideOfRun } from './sides.ts'
import { gated, manifestOf, many, side, trial } from './testing.ts'

const options = { margin: 10, strict: false, gate: false }
const rows = (passes: number) =>
  ['a', 'b', 'c', 'd', 'e', 'f'].flatMap(task =>
    Array.from({ length: 10 }, (_, index) => trial({ task, index, end: index < passes ? 'pass' : 'fail' })),
  )
const accepting = (runDigest: string) => ({ at: '2026-01-02T00:00:00Z', by: null, reason: 'r', runDigest })

test('what each baseline let pass, the anchor tells in a sentence; without a drop it is silent', () => {
  let baseline = acceptBaseline(null, manifestOf(rows(9)), rows(9), ['bare'], accepting('d1'))
  expect(sideOfAnchor(baseline, 'bare')).toBeNull()
  for (const passes of [8, 7, 6]) {
    const run = rows(passes)
    baseline = acceptBaseline(baseline, manifestOf(run), run, ['bare'], accepting(`d${passes}`), {
      replace: true,
    })
  }
  const anchor = sideOfAnchor(baseline, 'bare')
  if (!anchor) throw new Error('no anchor')
  const against = (passes: number) => [
    compare(anchor, sideOfRun(manifestOf(rows(passes)), rows(passes), 'bare'), options),
  ]
  expect(anchorWarnings(against(6))).toEqual([
    expect.stringMatching(
      /^Setup bare is worse than the anchor of 2026-01-02: pass rate fell from 90 % to 60 %/,
    ),
  ])
  expect(anchorWarnings(against(9))).toEqual([])
})

test('a gate does not hold unlike measurements against each other, unless it is told to', () => {
  const measured = (label: string, isolation: string, unenforced: string[] = []) => ({
    ...side(label, many(5, '5/5')),
    conditions: { isolation, unenforced },
  })
  const gate = (base: string, now: string, force = false, unenforced: string[] = []) =>
    compare(measured('the baseline', base), measured('this run', now, unenforced), {
      ...options,
      gate: true,
      force,
    }).verdict
  expect(gate('sandbox', 'sandbox').decision).not.toBe('incomparable')
  expect(gate('sandbox', 'none')).toMatchObject({
    decision: 'incomparable',
    exitCode: 3,
    reasons: expect.arrayContaining([
      expect.stringContaining('isolation sandbox in the baseline, none in this run'),
    ]),
  })
  expect(gate('sandbox', 'sandbox', false, ['memory']).reasons[0]).toContain('no limit of memory in this run')
  expect(gate('sandbox', 'none', true).decision).not.toBe('incomparable')
  // Baselines from before it was recorded do not tell.
  expect(gated(many(5, '5/5'), many(5, '5/5')).verdict.decision).not.toBe('incomparable')
})
