import { expect, test } from 'vitest'
import { mistakeInGitUrl } from './git-url.ts'

test.each([
  'https://github.com/iamkun/dayjs.git',
  'https://git.example.org:8443/a/b',
  'https://[::1]:8443/a',
  'ssh://git@github.com/a/b.git',
  'ssh://github.com:2222/~me/b.git',
  'git@github.com:a/b.git',
  'build_bot@host:/srv/git/r.git',
  'file:///srv/git/r.git',
  './repo',
  '../a b/-c',
  '..',
  '/srv/git/r',
])('%s is a git address', url => {
  expect(mistakeInGitUrl(url)).toBeNull()
})

test.each([
  ['ext::sh -c "id"', 'helper program'],
  ['EXT::sh -c id', 'helper program'],
  ['Ext::x', 'helper program'],
  ['fd::7', 'helper program'],
  ['https::https://example.org/r', 'helper program'],
  ['-upload-pack=x', 'option of git'],
  ['--upload-pack=touch x', 'option of git'],
  ['ssh://-oProxyCommand=id/x', 'beginning with "-"'],
  ['ssh://-a@host/x', 'beginning with "-"'],
  ['ssh://git@-host/x', 'beginning with "-"'],
  ['ssh://git@host/-x', 'beginning with "-"'],
  ['ssh://git@host', 'ssh://user@host/path'],
  ['ssh://git:secret@host/x', 'no password'],
  ['-git@host:x', 'option of git'],
  ['git@-oProxyCommand=id:x', 'beginning with "-"'],
  ['git@host:-x', 'beginning with "-"'],
  ['git@host:/-x', 'beginning with "-"'],
  ['git@host:', 'beginning with "-"'],
  ['http://example.org/r', 'use https://'],
  ['git://example.org/r', '"git" is not allowed'],
  ['ftp://example.org/r', '"ftp" is not allowed'],
  ['HTTPS://example.org/r', '"HTTPS" is not allowed'],
  ['https://token@example.org/r', 'credential helper'],
  ['https://me:secret@example.org/r', 'credential helper'],
  ['https://-host/r', 'https://host/path'],
  ['https:///r', 'https://host/path'],
  ['https://host', 'https://host/path'],
  ['https://host\\@evil/r', 'credential helper'],
  ['https://host/a b', 'https://host/path'],
  ['file://host/r', 'file:///absolute/path'],
  ['file:relative', 'expected an https'],
  ['host:path', 'expected an https'],
  ['repo', 'write ./repo'],
  ['vendor/repo', 'write ./vendor/repo'],
  ['~/repo', 'expected an https'],
  ['https://host/r\n--upload-pack=x', 'control characters'],
  ['./repo\u0000', 'control characters'],
  ['', 'expected an https'],
])('%j is refused', (url, reason) => {
  expect(mistakeInGitUrl(url)).toContain(reason)
})

test('a secret in a URL is not repeated in the message', () => {
  expect(mistakeInGitUrl('https://me:hunter2@example.org/r')).not.toContain('hunter2')
  expect(mistakeInGitUrl('ssh://me:hunter2@example.org/r')).not.toContain('hunter2')
})
