import type { FileTree } from '../model/files.ts'
import type { McpServer, PluginSpec, Setup } from '../model/suite.ts'
import { setupFingerprint } from './fingerprints.ts'
import { readPluginFiles } from './plugin-files.ts'
import { baseOf, readFile, readText, tryFile, type Reading } from './reading.ts'
import type { Plugins } from './schema.ts'
import type { MergedSetup, Part } from './setup-chains.ts'
import { blameKey, blameValue, inside } from './spot.ts'
import { FileMistake } from './suite-folder.ts'
import { quoted } from './words.ts'

/** A setup with the contents of all files that it names. Mistakes are told; what cannot be had because of one is empty. */
export function finishSetup(merged: MergedSetup, { harnesses }: Plugins, reading: Reading): Setup {
  const { name, spot, parts, isWhole } = merged
  if (isWhole && !parts.harness) {
    blameValue(
      reading.mistakes,
      spot,
      () => `missing key "harness": setup ${quoted(name)} needs one, its own or by "extends"`,
    )
  }
  refuseUnsupported(merged, { harnesses }, reading)
  const content = {
    harness: harnessOf(parts.harness, { harnesses }, reading),
    model: parts.model?.value ?? null,
    effort: parts.effort?.value ?? null,
    prompt: templateOf(parts.prompt, reading),
    context: contextOf(parts.context, reading),
    strip: parts.strip?.value ?? [],
    skills: skillsOf(parts.skills, reading),
    mcp: (parts.mcp?.value ?? {}) satisfies Record<string, McpServer>,
    env: envOf(parts.env, reading),
    network: networkOf(merged, { harnesses }, reading),
    service: serviceOf(merged, { harnesses }, reading),
  }
  return { name, ...content, fingerprint: setupFingerprint(content) }
}

function refuseUnsupported(
  { parts }: MergedSetup,
  { harnesses }: Pick<Plugins, 'harnesses'>,
  { mistakes }: Reading,
): void {
  const type = parts.harness?.value.type
  const supports = type === undefined ? undefined : harnesses[type]?.supports
  if (!supports) return
  for (const key of ['model', 'effort', 'mcp'] as const) {
    const part = parts[key]
    if (part && !supports[key]) {
      blameKey(
        mistakes,
        part.spot,
        () => `harness "${type}" does not support "${key}": take the key away or choose another harness`,
      )
    }
  }
}

function networkOf(
  { name, parts }: MergedSetup,
  { harnesses }: Pick<Plugins, 'harnesses'>,
  { mistakes }: Reading,
): Setup['network'] {
  const { network, harness, service } = parts
  if (!network) return null
  const asksForModel = network.value === 'model' || network.value.includes('model')
  const type = harness?.value.type
  const known = type === undefined ? undefined : harnesses[type]
  const isNamed = service !== undefined && service.value !== null && service.value !== 'direct'
  if (asksForModel && known && !isNamed && !known.endpoints && !known.usualService) {
    blameKey(
      mistakes,
      network.spot,
      () =>
        `harness "${type}" cannot tell where the model of setup ${quoted(name)} is: name it with service, or list its host, as in network: [api.example.com]`,
    )
  }
  return network.value
}

function serviceOf(
  { parts }: MergedSetup,
  { harnesses }: Pick<Plugins, 'harnesses'>,
  { mistakes }: Reading,
): Setup['service'] {
  const { service, harness } = parts
  if (!service || service.value === 'direct') return service?.value ?? null
  const type = harness?.value.type
  const known = type === undefined ? undefined : harnesses[type]
  if (!known) return service.value
  const { apis = [] } = known
  const { api } = service.value
  if (apis.length === 0)
    blameKey(
      mistakes,
      service.spot,
      () => `harness "${type}" cannot be told where its model is: take the key away`,
    )
  else if (api !== null && !apis.includes(api))
    blameValue(
      mistakes,
      inside(service.spot, 'api'),
      () => `harness "${type}" does not speak ${api}: use ${apis.join(' or ')}`,
    )
  return service.value
}

function harnessOf(
  part: Part<'harness'> | undefined,
  { harnesses }: Pick<Plugins, 'harnesses'>,
  reading: Reading,
): PluginSpec {
  if (!part) return { type: '', config: {}, files: {} }
  const { type, config } = part.value
  const paths = harnesses[type]?.files?.(config) ?? []
  return { type, config, files: readPluginFiles(paths, part.spot, reading) ?? {} }
}

function templateOf(part: Part<'prompt'> | undefined, reading: Reading): string | null {
  if (!part) return null
  const { value } = part
  const spot = typeof value === 'string' ? part.spot : inside(part.spot, 'file')
  const text = typeof value === 'string' ? value : readText(value.file, spot, reading)
  if (text !== undefined && !text.includes('{{prompt}}')) {
    const spaced = /\{\{\s+prompt\s*\}\}|\{\{prompt\s+\}\}/.test(text) ? ' (without spaces in it)' : ''
    blameValue(
      reading.mistakes,
      spot,
      () => `the template does not contain {{prompt}}${spaced}, where the prompt of the task goes`,
    )
  }
  return text ?? null
}

function contextOf(part: Part<'context'> | undefined, reading: Reading): FileTree {
  const files = new Map<string, FileTree[string]>()
  /** Files, and the folders that they need, by the target they came from. */
  const taken = { files: new Map<string, string>(), folders: new Map<string, string>() }
  for (const [target, path] of Object.entries(part?.value ?? {})) {
    if (!part) break
    const spot = inside(part.spot, target)
    const place = target.replace(/^\.\//, '')
    const folders = foldersOf(place)
    const clash =
      taken.files.get(place) ??
      taken.folders.get(place) ??
      folders.map(folder => taken.files.get(folder)).find(Boolean)
    if (clash !== undefined)
      blameKey(reading.mistakes, spot, () => `${quoted(target)} and ${quoted(clash)} cannot both be there`)
    taken.files.set(place, target)
    for (const folder of folders) taken.folders.set(folder, target)
    const content = readFile(path, spot, reading)
    if (content) files.set(place, content)
  }
  return Object.fromEntries(files)
}

/** `a/b/c` stands in `a` and `a/b`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

function skillsOf(part: Part<'skills'> | undefined, reading: Reading): Record<string, FileTree> {
  const skills = new Map<string, FileTree>()
  for (const [index, path] of (part?.value ?? []).entries()) {
    if (!part) break
    const spot = inside(part.spot, index)
    tryFile(spot, reading, () => {
      const { name, files } = reading.folder.tree(path, baseOf(spot))
      if (!Object.hasOwn(files, 'SKILL.md'))
        throw new FileMistake(`no SKILL.md in ${quoted(path)}, which makes a folder a skill`)
      if (!/^[A-Za-z0-9_][A-Za-z0-9._ -]{0,63}$/.test(name))
        throw new FileMistake(`${quoted(name)} is no name for a skill: rename the folder`)
      if (skills.has(name))
        throw new FileMistake(`a second skill of the name ${quoted(name)}: rename one of the folders`)
      skills.set(name, files)
    })
  }
  return Object.fromEntries(skills)
}

function envOf(part: Part<'env'> | undefined, { mistakes }: Reading): Setup['env'] {
  const pass = new Set<string>()
  const set = new Map<string, string>()
  for (const [index, entry] of (part?.value ?? []).entries()) {
    const equals = entry.indexOf('=')
    const name = equals < 0 ? entry : entry.slice(0, equals)
    if (part && (pass.has(name) || set.has(name))) {
      blameValue(mistakes, inside(part.spot, index), () => `"${name}" stands twice in env`)
    } else if (equals < 0) pass.add(name)
    else set.set(name, entry.slice(equals + 1))
  }
  return { pass: [...pass], set: Object.fromEntries(set) }
}
