import { expect, test } from 'vitest'
import { lastLine, userMapping } from './engine.ts'

test('of what an engine says the reason is kept, not the advice', () => {
  expect(lastLine("docker: No such image: x.\n\nRun 'docker run --help' for more information\n")).toBe(
    'docker: No such image: x.',
  )
  expect(lastLine("docker: no.\nSee 'docker run --help'.\n")).toBe('docker: no.')
  expect(lastLine('')).toBe('')
})

test('what an engine makes of user ids', () => {
  expect(userMapping('docker', '["name=seccomp,profile=default"]')).toBe('same')
  expect(userMapping('docker', '["name=seccomp,profile=default","name=rootless"]')).toBe('root-is-us')
  expect(userMapping('docker', '["name=userns"]')).toBe('remapped')
  expect(userMapping('podman', 'rootless=false')).toBe('same')
  expect(userMapping('podman', 'rootless=true')).toBe('keep-id')
})
