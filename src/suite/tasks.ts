import type { Grader } from '../contracts.ts'
import type { GraderSpec, Limits, Source, Task } from '../model/suite.ts'
import type { Registry } from '../registry.ts'
import { didYouMean } from '../util/nearest.ts'
import type { SuiteFiles } from './files.ts'
import { taskFingerprint } from './fingerprints.ts'
import type { Mistakes } from './mistakes.ts'
import { readPlugin } from './plugins.ts'
import { TaskFile, type LimitsFile } from './schema.ts'
import { readShape } from './shape.ts'
import type { Path, YamlFile } from './yaml.ts'

const defaultTimeoutMs = 15 * 60_000

interface Parts {
  graders: Registry<Grader>
  /** Those that could be read. */
  sources: Readonly<Record<string, Source>>
  /** All that the file names, also those with a mistake in them. */
  sourceNames: readonly string[]
  limits: LimitsFile
  files: SuiteFiles
  mistakes: Mistakes
}

/** Reads the tasks of a suite. A task with a mistake is left out, its mistake told. */
export async function readTasks(raw: readonly unknown[], file: YamlFile, parts: Parts): Promise<Task[]> {
  const tasks: Task[] = []
  const seen = new Map<string, number>()
  for (const [index, value] of raw.entries()) {
    if (parts.mistakes.full) break
    const path = ['tasks', index]
    const written = readShape(TaskFile, value, file, path, parts.mistakes)
    if (written === null) continue
    const twin = seen.get(written.id.toLowerCase())
    if (twin !== undefined) {
      const { line } = file.place(['tasks', twin, 'id'])
      parts.mistakes.add(
        file.path,
        file.place([...path, 'id']),
        `duplicate task id "${written.id}": it stands in line ${line}, too`,
      )
    } else seen.set(written.id.toLowerCase(), index)
    const task = await readTask(written, file, path, parts)
    if (task) tasks.push(task)
  }
  return tasks
}

async function readTask(written: TaskFile, file: YamlFile, path: Path, parts: Parts): Promise<Task | null> {
  const { files, mistakes } = parts
  const source = sourceOf(written, file, path, parts)
  const prompt =
    typeof written.prompt === 'string'
      ? written.prompt
      : await files.readText(written.prompt.file, { file, path: [...path, 'prompt', 'file'] })
  const reference =
    written.reference === undefined
      ? null
      : await files.readText(written.reference, { file, path: [...path, 'reference'] })
  if (written.reference !== undefined && written.fix !== undefined) {
    mistakes.add(
      file.path,
      file.place(path, 'reference'),
      'a task has either "reference" or "fix": the rest of a fix commit is its reference',
    )
  }
  const graders = await readGraders(written, file, path, parts)
  if (!source || prompt === null || !graders || (written.reference !== undefined && reference === null))
    return null

  const task = {
    id: written.id,
    source: source.name,
    prompt,
    tags: written.tags ?? [],
    limits: limitsOf(parts.limits, written.limits ?? {}),
    graders,
    reference,
    fix: written.fix ?? null,
  }
  return { ...task, fingerprint: taskFingerprint(task, source) }
}

/** Null also where the source was named rightly but has a mistake of its own, which is told elsewhere. */
function sourceOf(
  written: TaskFile,
  file: YamlFile,
  path: Path,
  { sources, sourceNames, mistakes }: Parts,
): Source | null {
  const name = written.source ?? (sourceNames.length === 1 ? sourceNames[0] : undefined)
  if (name === undefined) {
    mistakes.add(
      file.path,
      file.place(path),
      `"source" is missing: the suite has several, name one of ${sourceNames.join(', ')}`,
    )
    return null
  }
  if (!sourceNames.includes(name)) {
    const hint = didYouMean(name, sourceNames) || `, known: ${sourceNames.join(', ')}`
    mistakes.add(file.path, file.place([...path, 'source']), `unknown source "${name}"${hint}`)
  }
  return Object.hasOwn(sources, name) ? (sources[name] ?? null) : null
}

async function readGraders(
  written: TaskFile,
  file: YamlFile,
  path: Path,
  parts: Parts,
): Promise<GraderSpec[] | null> {
  const graders: GraderSpec[] = []
  for (const [
    index,
    { type, name = type, weight = 1, required = true, ...config },
  ] of written.graders.entries()) {
    const place = { file, path: [...path, 'graders', index] }
    if (graders.some(grader => grader.name === name)) {
      parts.mistakes.add(
        file.path,
        file.place(place.path),
        `there are two graders of the name "${name}": give one of them a "name"`,
      )
    }
    const plugin = await readPlugin('grader', parts.graders, type, config, place, parts)
    if (plugin) graders.push({ ...plugin, name, weight, required })
  }
  if (written.graders.every(grader => grader.required === false)) {
    parts.mistakes.add(
      file.path,
      file.place([...path, 'graders']),
      'no grader is required, so nothing could fail: leave "required: false" out of one',
    )
  }
  return graders.length === written.graders.length ? graders : null
}

function limitsOf(suite: LimitsFile, task: LimitsFile): Limits {
  return {
    timeoutMs: task.timeout ?? suite.timeout ?? defaultTimeoutMs,
    maxCostUsd: task.maxCostUsd ?? suite.maxCostUsd ?? null,
    maxTurns: task.maxTurns ?? suite.maxTurns ?? null,
  }
}
