import { basename, dirname, posix } from 'node:path'
import type { Harness } from '../contracts.ts'
import type { FileTree } from '../model/files.ts'
import type { Setup } from '../model/suite.ts'
import type { Registry } from '../registry.ts'
import { didYouMean } from '../util/nearest.ts'
import { setupFingerprint } from './fingerprints.ts'
import type { SuiteFiles } from './files.ts'
import type { Mistakes } from './mistakes.ts'
import { readPlugin } from './plugins.ts'
import { Id, SetupFile, setupKeys, type SetupKey } from './schema.ts'
import { readShape } from './shape.ts'
import { readYaml, type Path, type YamlFile } from './yaml.ts'

interface Parts {
  harnesses: Registry<Harness>
  files: SuiteFiles
  mistakes: Mistakes
}

/** A key of a setup with the place it came from: its own file, or that of the setup it extends. */
interface Given<K extends SetupKey = SetupKey> {
  value: SetupFile[K]
  file: YamlFile
  path: Path
}
type Keys = { [K in SetupKey]?: Given<K> }

/** Reads the setups of a suite along what they extend. A setup with a mistake is left out, its mistake told. */
export async function readSetups(
  raw: Record<string, unknown>,
  file: YamlFile,
  parts: Parts,
): Promise<Record<string, Setup>> {
  const reader = new Reader(raw, file, parts)
  const setups: Record<string, Setup> = {}
  for (const name of Object.keys(raw)) {
    if (!Id.safeParse(name).success)
      parts.mistakes.add(
        file.path,
        file.place(['setups'], name),
        `"${name}": expected a name of a-z, 0-9, ".", "_", "-"`,
      )
    const keys = await reader.byName(name, [])
    const setup = keys && (await resolveSetup(name, keys, file, parts))
    if (setup) setups[name] = setup
  }
  return setups
}

class Reader {
  readonly #raw: Record<string, unknown>
  readonly #file: YamlFile
  readonly #parts: Parts

  constructor(raw: Record<string, unknown>, file: YamlFile, parts: Parts) {
    this.#raw = raw
    this.#file = file
    this.#parts = parts
  }

  async byName(name: string, chain: readonly string[]): Promise<Keys | null> {
    const value = this.#raw[name]
    const path = ['setups', name]
    if (typeof value !== 'string') return this.#keys(value, this.#file, path, [...chain, name])
    return this.#fromFile(value, { file: this.#file, path }, [...chain, name])
  }

  async #fromFile(
    name: string,
    mention: { file: YamlFile; path: Path },
    chain: readonly string[],
  ): Promise<Keys | null> {
    const { files, mistakes } = this.#parts
    const path = files.locate(name, mention)
    if (path === null) return null
    if (chain.includes(path)) return this.#cycle(mention, [...chain, path])
    // Read as a suite file first: that tells what is wrong with it at the place where it is named.
    if ((await files.read(name, mention)) === null) return null
    const inner = await readYaml(path, mistakes)
    return inner && this.#keys(inner.data, inner, [], [...chain, path])
  }

  async #keys(value: unknown, file: YamlFile, path: Path, chain: readonly string[]): Promise<Keys | null> {
    const own = readShape(SetupFile, value, file, path, this.#parts.mistakes)
    if (own === null) return null
    const parent =
      own.extends === undefined
        ? {}
        : await this.#parent(own.extends, { file, path: [...path, 'extends'] }, chain)
    if (parent === null) return null
    const given = setupKeys
      .filter(key => own[key] !== undefined)
      .map(key => [key, { value: own[key], file, path: [...path, key] }])
    return { ...parent, ...Object.fromEntries(given) }
  }

  async #parent(
    name: string,
    mention: { file: YamlFile; path: Path },
    chain: readonly string[],
  ): Promise<Keys | null> {
    if (/^\.{1,2}\//.test(name)) return this.#fromFile(name, mention, chain)
    if (!Object.hasOwn(this.#raw, name)) {
      const known = Object.keys(this.#raw)
      const hint = didYouMean(name, known) || `, known: ${known.join(', ')}`
      this.#parts.mistakes.add(
        mention.file.path,
        mention.file.place(mention.path),
        `unknown setup "${name}"${hint}`,
      )
      return null
    }
    return chain.includes(name) ? this.#cycle(mention, [...chain, name]) : this.byName(name, chain)
  }

  #cycle(mention: { file: YamlFile; path: Path }, chain: readonly string[]): null {
    const shown = chain.slice(chain.indexOf(chain.at(-1) ?? '')).map(each => basename(each))
    this.#parts.mistakes.add(
      mention.file.path,
      mention.file.place(mention.path),
      `setups extend each other in a circle: ${shown.join(' → ')}`,
    )
    return null
  }
}

async function resolveSetup(name: string, keys: Keys, file: YamlFile, parts: Parts): Promise<Setup | null> {
  const { mistakes } = parts
  const { harness: harnessKey } = keys
  if (!harnessKey?.value) {
    const place = file.place(['setups', name])
    mistakes.add(
      file.path,
      place,
      `"harness" is missing: setup ${name} and what it extends name none, known: ${Object.keys(parts.harnesses).join(', ')}`,
    )
    return null
  }
  const plugin = typeof harnessKey.value === 'string' ? { type: harnessKey.value } : harnessKey.value
  const { type, ...config } = plugin
  const path = typeof harnessKey.value === 'string' ? harnessKey.path.slice(0, -1) : harnessKey.path
  const place = { file: harnessKey.file, path }
  if (typeof harnessKey.value === 'string' && !Object.hasOwn(parts.harnesses, type)) {
    const known = Object.keys(parts.harnesses)
    const hint = didYouMean(type, known) || `, known: ${known.join(', ')}`
    mistakes.add(
      harnessKey.file.path,
      harnessKey.file.place(harnessKey.path),
      `unknown harness "${type}"${hint}`,
    )
    return null
  }
  const harness = await readPlugin('harness', parts.harnesses, type, config, place, parts)
  const prompt = await readPrompt(keys.prompt, parts)
  const context = await readContext(keys.context, parts)
  const skills = await readSkills(keys.skills, parts)
  if (!harness || prompt === undefined || !context || !skills) return null
  checkSupport(type, keys, parts)

  const setup = {
    harness,
    model: keys.model?.value ?? null,
    effort: keys.effort?.value ?? null,
    prompt,
    context,
    strip: keys.strip?.value ?? [],
    skills,
    mcp: Object.fromEntries(
      Object.entries(keys.mcp?.value ?? {}).map(([server, value]) => [
        server,
        'url' in value ? value : { command: value.command, env: value.env ?? {} },
      ]),
    ),
    env: environment(keys.env?.value ?? []),
  }
  return { name, ...setup, fingerprint: setupFingerprint(setup) }
}

async function readPrompt(
  given: Given<'prompt'> | undefined,
  { files, mistakes }: Parts,
): Promise<string | null | undefined> {
  if (!given?.value) return null
  const { value, file, path } = given
  const text =
    typeof value === 'string' ? value : await files.readText(value.file, { file, path: [...path, 'file'] })
  if (text === null) return undefined
  if (text.includes('{{prompt}}')) return text
  mistakes.add(
    file.path,
    file.place(path),
    "prompt: the template needs {{prompt}} where the task's own prompt goes",
  )
  return undefined
}

async function readContext(given: Given<'context'> | undefined, { files }: Parts): Promise<FileTree | null> {
  const context: FileTree = {}
  let whole = true
  for (const [target, name] of Object.entries(given?.value ?? {})) {
    if (!given) continue
    const content = await files.read(name, { file: given.file, path: [...given.path, target] })
    if (content) context[posix.normalize(target)] = content
    else whole = false
  }
  return whole ? context : null
}

async function readSkills(
  given: Given<'skills'> | undefined,
  { files, mistakes }: Parts,
): Promise<Record<string, FileTree> | null> {
  const skills: Record<string, FileTree> = {}
  let whole = true
  for (const [index, name] of (given?.value ?? []).entries()) {
    if (!given) continue
    const { file } = given
    const path = [...given.path, index]
    const content = await files.readFolder(name, { file, path })
    const skill = basename(posix.join(dirname(file.path), name))
    const problem =
      content === null
        ? undefined
        : !Object.hasOwn(content, 'SKILL.md')
          ? `"${name}" has no SKILL.md: expected the folder of a skill`
          : !Id.safeParse(skill.toLowerCase()).success
            ? `"${skill}" cannot be the name of a skill: rename its folder`
            : Object.hasOwn(skills, skill)
              ? `there are two skills of the name "${skill}"`
              : null
    if (problem) mistakes.add(file.path, file.place(path), problem)
    if (problem === null && content) skills[skill] = content
    else whole = false
  }
  return whole ? skills : null
}

/** Asking a harness for what it cannot do would silently compare equal things. */
function checkSupport(type: string, keys: Keys, { harnesses, mistakes }: Parts): void {
  const supports = harnesses[type]?.supports
  for (const key of ['model', 'effort', 'mcp'] as const) {
    const given = keys[key]
    const asked =
      given?.value !== undefined &&
      given.value !== null &&
      (typeof given.value !== 'object' || Object.keys(given.value).length > 0)
    if (given && asked && supports && !supports[key]) {
      mistakes.add(
        given.file.path,
        given.file.place(given.path.slice(0, -1), key),
        `${key}: harness ${type} cannot take it: leave it out, or use another harness`,
      )
    }
  }
}

function environment(entries: readonly string[]): Setup['env'] {
  const literal = entries.filter(entry => entry.includes('='))
  return {
    pass: entries.filter(entry => !entry.includes('=')),
    set: Object.fromEntries(
      literal.map(entry => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    ),
  }
}
