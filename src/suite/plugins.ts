import type { ZodType } from 'zod'
import type { PluginSpec } from '../model/suite.ts'
import type { FileTree } from '../model/files.ts'
import type { Registry } from '../registry.ts'
import { didYouMean } from '../util/nearest.ts'
import type { SuiteFiles } from './files.ts'
import type { Mistakes } from './mistakes.ts'
import { readShape } from './shape.ts'
import type { Path, YamlFile } from './yaml.ts'

interface Plugin {
  config: ZodType
  files?(config: unknown): string[]
}

/** Reads a plug-in's own keys by its own schema, and the suite files that it asks for. Null, with the mistakes told. */
export async function readPlugin(
  family: string,
  registry: Registry<Plugin>,
  type: string,
  keys: Record<string, unknown>,
  place: { file: YamlFile; path: Path },
  parts: { files: SuiteFiles; mistakes: Mistakes },
): Promise<PluginSpec | null> {
  const { file, path } = place
  if (!Object.hasOwn(registry, type)) {
    const known = Object.keys(registry)
    const hint = didYouMean(type, known) || `, known: ${known.join(', ')}`
    parts.mistakes.add(file.path, file.place([...path, 'type']), `unknown ${family} "${type}"${hint}`)
    return null
  }
  const plugin = registry[type] as Plugin
  const config = readShape(plugin.config, keys, file, path, parts.mistakes)
  if (config === null) return null

  const files: FileTree = {}
  for (const name of plugin.files?.(config) ?? []) {
    const content = await parts.files.read(name, { file, path: [...path, ...wayTo(name, keys)] })
    if (content === null) return null
    files[name] = content
  }
  return { type, config, files }
}

/** Where among the keys of a plug-in a file is named; the plug-in itself if that cannot be seen. */
function wayTo(name: string, value: unknown): Path {
  if (value === null || typeof value !== 'object') return []
  for (const [key, inner] of Object.entries(value)) {
    const step = Array.isArray(value) ? Number(key) : key
    if (inner === name) return [step]
    const rest = wayTo(name, inner)
    if (rest.length > 0) return [step, ...rest]
  }
  return []
}
