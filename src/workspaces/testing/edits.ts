import { seededRandom } from '../../util/random.ts'
import { shellWord } from '../../util/shell.ts'

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
    () => `printf more >>${shellWord(file())}`,
    () => `rm -rf -- ${shellWord(file())}`,
    () => `rm -rf -- ${shellWord(`./${folder() || 'docs'}`)}`,
    () => {
      const path = `./${folder() || 'src'}`
      return `rm -rf -- ${shellWord(path)}; mkdir -p ${shellWord(path)}; printf again >${shellWord(`${path}/${pick(names)}`)}`
    },
    () => {
      const to = file()
      return `mkdir -p -- ${shellWord(parent(to))}; mv -f -- ${shellWord(file())} ${shellWord(to)}`
    },
    () => `mv -f -- ${shellWord(`./${folder() || 'docs'}`)} ./moved`,
    () => {
      const path = file()
      return `mkdir -p -- ${shellWord(parent(path))}; ln -sfn -- ${shellWord(pick(['a.txt', '../src', '/etc/passwd', 'nowhere']))} ${shellWord(path)}`
    },
    () => `chmod ${pick(['+x', '-x', '600', '444'])} -- ${shellWord(file())}`,
    () => `chmod 700 ${shellWord(`./${folder()}`)}`,
    () => `touch -- ${shellWord(file())}`,
    () => `rm -rf -- ./src; printf instead >./src`,
    () => `mkdir -p -- ./a.txt ${shellWord(file())}`,
    () => `git add -A; git -c user.name=a -c user.email=a@b commit -qm agent`,
  ]
  const write = (path: string, content: string): string =>
    `mkdir -p -- ${shellWord(parent(path))}; printf ${shellWord(content)} >${shellWord(path)}`
  const count = 1 + Math.floor(random() * 10)
  const lines = Array.from({ length: count }, () => pick(edits)())
  // At the end: what opened a pipe would wait for another program, git for one by the name of a file that it reads.
  if (random() < 0.3)
    lines.push(`mkfifo -- ${shellWord(file())} ${shellWord(`${folder() || '.'}/.gitignore`)}`)
  return `exec 2>/dev/null\n${lines.join('\n')}\ntrue`
}
