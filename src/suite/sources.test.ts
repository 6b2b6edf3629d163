import { testBroken } from './testing/broken.ts'
import { suiteWith } from './testing/suites.ts'

const sha = '0123456789abcdef0123456789abcdef01234567'

function source(git: string): string {
  return suiteWith({ sources: `sources:\n  repo:\n    git: ${git}\n    commit: ${sha}` })
}

function commit(text: string): string {
  return suiteWith({
    sources: `sources:\n  repo:\n    git: https://example.org/repo.git\n    commit: ${text}`,
  })
}

testBroken([
  {
    name: 'an image that would be an option',
    suite: suiteWith({ sources: 'sources:\n  repo:\n    folder: ./repo\n    image: ‸--privileged' }),
    says: [['the name or id of an image', '--privileged']],
  },
  {
    name: 'a short commit id',
    suite: commit('‸0123abc'),
    says: [['full 40-character commit id', 'git rev-parse 0123abc']],
  },
  {
    name: 'a branch as commit',
    suite: commit('‸main'),
    says: [['full 40-character commit id', 'branches and tags move']],
  },
  { name: 'a commit in capitals', suite: commit(`‸${sha.toUpperCase()}`), says: ['lower case'] },
  { name: 'a commit of 41 characters', suite: commit(`‸${sha}0`), says: ['full 40-character commit id'] },
  {
    name: 'a commit of digits without quotes',
    suite: commit('‸1234567890123456789012345678901234567890'),
    says: ['put it in quotes'],
  },
  {
    name: 'a commit that YAML takes for a power of ten',
    suite: commit('‸0e12345678901234567890123456789012345678'),
    says: ['put it in quotes'],
  },
  {
    name: 'a commit that YAML takes for infinity',
    suite: commit('‸12345678901234567890123456789012345e9999'),
    says: ['put it in quotes'],
  },
  {
    name: 'a source without commit',
    suite: suiteWith({ sources: 'sources:\n  repo:\n    ‸git: ./repo' }),
    says: ['missing key "commit"'],
  },
  {
    name: 'a source with neither git nor folder',
    suite: suiteWith({ sources: 'sources:\n  repo: ‸{ prepare: [x] }' }),
    says: ['missing key "git"'],
  },
  {
    name: 'a source with both',
    suite: suiteWith({ sources: `sources:\n  repo: { ‸git: ./repo, ‸commit: ${sha}, folder: ./repo }` }),
    says: ['exclude each other', 'exclude each other'],
  },
  {
    name: 'a folder that is not there',
    suite: suiteWith({ sources: 'sources:\n  repo: { folder: ‸./nowhere }' }),
    says: ['no such folder: "./nowhere"'],
  },
  {
    name: 'a folder that is a file',
    suite: suiteWith({ sources: 'sources:\n  repo: { folder: ‸./suite.yaml }' }),
    says: ['is a file, expected a folder'],
  },
  {
    name: 'a local repository that is not there',
    suite: source('‸../nowhere-at-all'),
    says: ['no such folder'],
  },
  { name: 'a helper of git', suite: source('‸"ext::sh -c id"'), says: ['helper program'] },
  { name: 'an option of git', suite: source('‸--upload-pack=touch /tmp/x'), says: ['option of git'] },
  {
    name: 'a password in a URL',
    suite: source('‸https://me:secret@example.org/r.git'),
    says: ['credential helper'],
  },
  { name: 'a URL without encryption', suite: source('‸http://example.org/r.git'), says: ['use https://'] },
])
