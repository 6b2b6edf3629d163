import { expect, test } from 'vitest'
import { passwdWith } from './users.ts'

const root = 'root:x:0:0:root:/root:/bin/bash\n'

test('a user that an image does not know gets a line, and nobody loses one', () => {
  expect(passwdWith(root, { uid: 1000, gid: 100 })).toBe(`${root}agent:x:1000:100::/tmp:/bin/sh\n`)
  expect(passwdWith('', { uid: 0, gid: 0 })).toBe('agent:x:0:0::/tmp:/bin/sh\n')
})

test('a user that it knows needs none', () => {
  expect(passwdWith(root, { uid: 0, gid: 0 })).toBeNull()
  expect(passwdWith(root, null)).toBeNull()
})
