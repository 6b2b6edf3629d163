import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { redactor } from './redact.ts'

const key = 'sk-Zx/9+q="é\\ü&Kw7~tail'
const { text } = redactor({ KEY: key })
const bytes = Buffer.from(key)

/** All that is left of a key when the characters of base64 that it shares with its neighbours are left out. */
const spellings: [string, string][] = [
  ['as it is', key],
  ['in JSON', JSON.stringify(key).slice(1, -1)],
  ['in JSON within JSON', JSON.stringify(JSON.stringify(key)).slice(3, -3)],
  ['in JSON with escaped slashes', JSON.stringify(key).slice(1, -1).replaceAll('/', '\\/')],
  ['in JSON of ASCII only', JSON.stringify(key).slice(1, -1).replace('é', '\\u00e9').replace('ü', '\\u00fc')],
  ['in base64', bytes.toString('base64')],
  ['in base64 without padding', bytes.toString('base64').replace(/=+$/, '')],
  ['in base64url', bytes.toString('base64url')],
  ['in hex', bytes.toString('hex')],
  ['in upper-case hex', bytes.toString('hex').toUpperCase()],
  ['URL-encoded', encodeURIComponent(key)],
  ['URL-encoded with lower-case hex', encodeURIComponent(key).replace(/%../g, c => c.toLowerCase())],
  ['URL-encoded byte by byte', bytes.toString('hex').toUpperCase().replace(/../g, '%$&')],
  ['URL-encoded as a form', new URLSearchParams({ k: key }).toString().slice(2)],
]

test.each(spellings)('a value %s is redacted', (_name, spelling) => {
  expect(text(`<${spelling}>`)).toBe('<[redacted:KEY]>')
})

test.each(['', 'u', 'us', 'usr', 'user'])(
  'base64 of a longer text shows at most a shared character at each end: %s',
  user => {
    for (const after of ['', '!', '!!', '!!!']) {
      const encoded = Buffer.from(`${user}:${key}${after}`).toString('base64')
      const redacted = text(encoded)
      expect(redacted).toContain('[redacted:KEY]')
      const [left = '', right = ''] = redacted.split('[redacted:KEY]')
      const hidden = encoded.slice(left.length, encoded.length - right.length)
      expect(hidden.length).toBeGreaterThanOrEqual(Math.floor((bytes.length * 8) / 6) - 1)
    }
  },
)

const long = Array.from({ length: 20 }, (_, i) => `part${i}x`).join('-')
test.each([
  ['base64', 76],
  ['base64', 64],
  ['hex', 60],
] as const)('%s wrapped at %i characters is redacted, also in JSON and in a patch', (encoding, width) => {
  const wrapped = Buffer.from(long)
    .toString(encoding)
    .replace(new RegExp(`.{${width}}`, 'g'), '$&\n')
  const r = redactor({ LONG: long })
  expect(r.text(`<${wrapped}>`)).toBe('<[redacted:LONG]>')
  expect(r.text(JSON.stringify(wrapped))).toBe('"[redacted:LONG]"')
  const shown = r.text(`+${wrapped.replaceAll('\n', '\n+')}`).replaceAll('[redacted:LONG]', '')
  expect(shown.length).toBeLessThan(24)
})

const pem = [
  '-----BEGIN PRIVATE KEY-----',
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
  'BKcwggSjAgEAAoIBAQDJ1vE5nXyN9p2k',
  '-----END PRIVATE KEY-----',
  '',
].join('\n')

test('a value of many lines is redacted as a whole, in JSON, and line by line in a patch', () => {
  const r = redactor({ PEM: pem })
  expect(r.text(`a ${pem} b`)).toBe('a [redacted:PEM]\n b')
  expect(r.text(JSON.stringify({ pem }))).toBe('{"pem":"[redacted:PEM]\\n"}')
  const patch = pem.replace(/^(?=.)/gm, '+')
  expect(r.text(patch)).toBe(
    '+-----BEGIN PRIVATE KEY-----\n+[redacted:PEM]\n+[redacted:PEM]\n+-----END PRIVATE KEY-----\n',
  )
})

test('a value that spells its line ends is found with real ones', () => {
  const r = redactor({ PEM: pem.replaceAll('\n', '\\n') })
  expect(r.text(pem)).not.toContain('BKcwggSjAgEAAoIBAQ')
})

test('of two values at the same place the longer one is named', () => {
  const r = redactor({ SHORT: 'abcdefgh', LONG: 'abcdefghijkl' })
  expect(r.text('abcdefghijkl abcdefghij')).toBe('[redacted:LONG] [redacted:SHORT]ij')
})

test('where values overlap nothing of either is left', () => {
  const r = redactor({ FIRST: 'abcdefgh1234', SECOND: 'gh1234567890' })
  expect(r.text('<abcdefgh1234567890>')).toBe('<[redacted:FIRST]>')
})

test('values that follow each other directly are named one by one', () => {
  const r = redactor({ A: 'aaaabbbb', B: 'ccccdddd' })
  expect(r.text('aaaabbbbccccddddaaaabbbb')).toBe('[redacted:A][redacted:B][redacted:A]')
})

test('a value of fewer than 8 characters stays and is listed; an empty one is no secret', () => {
  const r = redactor({ SHORT: 'abcdefg', PADDED: '  abc    ', EMPTY: '', LONG: 'abcdefgh' })
  expect(r.tooShort).toEqual(['SHORT', 'PADDED'])
  expect(r.text('abcdefg, abcdefgh')).toBe('abcdefg, [redacted:LONG]')
})

test('white space around a value is not part of it', () => {
  expect(redactor({ KEY: ' abcdefgh\n' }).text('[abcdefgh]')).toBe('[[redacted:KEY]]')
})

test('what holds no secret comes back as it was, also bytes that are no text', () => {
  const r = redactor({ KEY: key })
  const odd = Buffer.from([0, 255, 254, 13, 10, 128])
  expect(r.bytes(odd)).toBe(odd)
  expect(r.text('lone \ud800 surrogate')).toBe('lone \ud800 surrogate')
  expect(redactor({}).text('x')).toBe('x')
})

test('the result of a stream does not depend on how it is cut', async () => {
  const r = redactor({ KEY: key, FIRST: 'abcdefgh1234', SECOND: 'gh1234567890', SAME: 'zzzzzzzz' })
  const input = Buffer.from(
    `x${key}y abcdefgh1234567890 ${'z'.repeat(40)} ${encodeURIComponent(key)} abcdefgh12 end abcdefg`,
  )
  const expected = r.bytes(input).toString()
  expect(expected).toBe(
    'x[redacted:KEY]y [redacted:FIRST] [redacted:SAME] [redacted:KEY] abcdefgh12 end abcdefg',
  )
  for (let size = 1; size <= input.length; size++) {
    const chunks = Array.from({ length: Math.ceil(input.length / size) }, (_, i) =>
      input.subarray(i * size, (i + 1) * size),
    )
    expect((await buffer(Readable.from(chunks).pipe(r.stream()))).toString()).toBe(expected)
  }
})

test('a stream without secrets passes everything on', async () => {
  expect(
    (
      await buffer(Readable.from([Buffer.from('abc'), Buffer.from('def')]).pipe(redactor({}).stream()))
    ).toString(),
  ).toBe('abcdef')
})

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redact-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a file is rewritten in place with its mode, and nothing else is left beside it', async () => {
  const path = join(folder, 'log.txt')
  await writeFile(path, `${'x'.repeat(200_000)}${key}${'y'.repeat(200_000)}${key}`)
  await chmod(path, 0o640)
  await redactor({ KEY: key }).file(path)
  expect(await readFile(path, 'utf8')).toBe(
    `${'x'.repeat(200_000)}[redacted:KEY]${'y'.repeat(200_000)}[redacted:KEY]`,
  )
  expect((await stat(path)).mode & 0o777).toBe(0o640)
  expect(await readdir(folder)).toEqual(['log.txt'])
})

test('a file without a secret is not touched, a link is refused', async () => {
  const path = join(folder, 'clean.txt')
  await writeFile(path, 'nothing here')
  const before = await stat(path)
  await redactor({ KEY: key }).file(path)
  expect((await stat(path)).ino).toBe(before.ino)
  await symlink(path, join(folder, 'link'))
  await expect(redactor({ KEY: key }).file(join(folder, 'link'))).rejects.toThrow('not a regular file')
})

test('50 MB with ten secrets are searched', () => {
  const secrets = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [`KEY_${i}`, `sk-${i}-${'0123456789'.repeat(4)}`]),
  )
  const data = Buffer.alloc(50 * 1024 * 1024, '{"type":"message","text":"sk-ordinary words 0123456789"}\n')
  data.write(secrets.KEY_7 as string, 40_000_000)
  const redacted = redactor(secrets).bytes(data)
  expect(redacted.length).toBe(data.length - (secrets.KEY_7 as string).length + '[redacted:KEY_7]'.length)
})
