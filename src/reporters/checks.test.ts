import { expect, test } from 'vitest'
import { renderChecks } from './checks.ts'
import { plainPaint } from './paint.ts'

test('a message that is wider than the terminal goes on below', () => {
  const checks = [
    { group: 'agents', name: 'pi', state: 'ok' as const, message: 'one two three four five six seven eight' },
  ]
  expect(renderChecks(checks, plainPaint, 36)).toBe(
    ['agents', '  ok      pi  one two three four', '              five six seven eight'].join('\n'),
  )
})

test('a message of several lines keeps to its column', () => {
  const text = renderChecks(
    [{ group: 'isolation', name: 'container', state: 'absent', message: 'does not work:\n  docker: none' }],
    plainPaint,
  )
  expect(text).toBe(
    ['isolation', '  absent  container  does not work:', '                       docker: none'].join('\n'),
  )
})
