import { seededRandom } from '../../util/random.ts'

/** Names with everything that a file system allows and programs trip over. */
const names = [
  'a.txt',
  'b.js',
  'new.md',
  'sp ace',
  'tab\there',
  'quo"te',
  "apo'strophe",
  'back\\slash',
  'ümlaut',
  '-dash',
  '*star',
  'debug.log',
  '.hidden',
  '.gitignore',
]
const folders = ['', 'src', 'src/deep', 'docs', 'build', 'fresh', 'fresh/in', 'd1', 'd2/x']

/**
 * A shell script of random edits, the same for the same seed: files written, changed, removed, moved, linked, made
 * executable; folders removed, made anew, replaced by files and the other way round; ignored files, pipes.
 */
export function randomEdits(seed: number): string {
  const random = seededRandom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
  const folder = (): string => pick(folders)
  const file = (): string => {
    const inside = folder()
    return inside === '' ? `./${pick(names)}` : `./${inside}/${pick(names)}`
  }
  const parent = (path: string): string => path.slice(0, path.lastIndexOf('/'))
  const edits: (() => string)[] = [
    () => write(file(), `text ${random()}\n`),
    () => write(file(), `text ${random()}\n`),
    () => write(file(), String.raw`\000\001\377 ${random()}`),
    () => write(file(), ''),
    () =>
      write(
        pick(['./.gitignore', './src/.gitignore']),
        pick(['*.md\n', '!debug.log\n', 'fresh/\n', '/src/*.js\n']),
      ),
    () => `printf more >>${quoted(file())}`,
    () => `rm -rf -- ${quoted(file())}`,
    () => `rm -rf -- ${quoted(`./${folder() || 'docs'}`)}`,
    () => {
      const path = `./${folder() || 'src'}`
      return `rm -rf -- ${quoted(path)}; mkdir -p ${quoted(path)}; printf again >${quoted(`${path}/${pick(names)}`)}`
    },
    () => {
      const to = file()
      return `mkdir -p -- ${quoted(parent(to))}; mv -f -- ${quoted(file())} ${quoted(to)}`
    },
    () => `mv -f -- ${quoted(`./${folder() || 'docs'}`)} ./moved`,
    () => {
      const path = file()
      return `mkdir -p -- ${quoted(parent(path))}; ln -sfn -- ${quoted(pick(['a.txt', '../src', '/etc/passwd', 'nowhere']))} ${quoted(path)}`
    },
    () => `chmod ${pick(['+x', '-x', '600', '444'])} -- ${quoted(file())}`,
    () => `chmod 700 ${quoted(`./${folder()}`)}`,
    () => `touch -- ${quoted(file())}`,
    () => `mkfifo -- ${quoted(file())}`,
    () => `rm -rf -- ./src; printf instead >./src`,
    () => `mkdir -p -- ./a.txt ${quoted(file())}`,
    () => `git add -A; git -c user.name=a -c user.email=a@b commit -qm agent`,
  ]
  const write = (path: string, content: string): string =>
    `mkdir -p -- ${quoted(parent(path))}; printf ${quoted(content)} >${quoted(path)}`
  const count = 1 + Math.floor(random() * 10)
  return `exec 2>/dev/null\n${Array.from({ length: count }, () => pick(edits)()).join('\n')}\ntrue`
}
