import { expect, test } from 'vitest'
import { renderChecks } from './checks.ts'
import { plainPaint } from './paint.ts'

test('a message of several lines keeps to its column', () => {
  const text = renderChecks(
    [{ group: 'isolation', name: 'container', state: 'absent', message: 'does not work:\n  docker: none' }],
    plainPaint,
  )
  expect(text).toBe(
    ['isolation', '  absent  container  does not work:', '                       docker: none'].join('\n'),
  )
})
