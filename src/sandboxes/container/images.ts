import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { InfraError } from '../../errors.ts'
import { exec } from '../../util/exec.ts'
import { parseJson } from '../../util/json.ts'
import { readTail } from '../../util/output.ts'
import { ask, engineEnvironment, lastLine, type Engine } from './engine.ts'
import { ownIds, runInContainer, type ContainerPlace, type KnownImage } from './run.ts'
import { passwdWith } from './users.ts'

/** Needs nothing but a shell. */
const look = `printf %s "$PATH" > proof
if test -r /etc/passwd; then
  while IFS= read -r line; do printf '%s\\n' "$line"; done < /etc/passwd
fi > passwd`

const pullMs = 30 * 60_000

/** The id, and names with digests by which registries know it. podman understands no format that begins otherwise. */
const inspectFormat = '{{.Id}} {{json .RepoDigests}}'
const Names = z.array(z.string()).nullable()

export interface FoundImage {
  /** `sha256:` and its content hash, by which it is run. */
  id: string
  /** Digest in the registry that it came from; null if it came from none. */
  digest: string | null
}

/** Looks an image up, and fetches it if it is not there. Throws InfraError. */
export async function findImage(
  place: ContainerPlace,
  reference: string,
  onPull: (reference: string) => void,
): Promise<FoundImage> {
  const there = await inspect(place.engine, reference)
  if (there !== null) return there
  onPull(reference)
  await pull(place, reference)
  const pulled = await inspect(place.engine, reference)
  if (pulled === null) throw new InfraError(`${place.engine.name} fetched ${reference}, but does not have it`)
  return pulled
}

async function inspect(engine: Engine, reference: string): Promise<FoundImage | null> {
  const { ok, stdout } = await ask(engine, ['image', 'inspect', '--format', inspectFormat, reference])
  return ok ? readInspected(stdout, reference) : null
}

/** Reads what `image inspect` prints. The digest is the one that was asked for, where one was. */
export function readInspected(text: string, reference: string): FoundImage {
  const [, id = '', list = ''] = /^(?:sha256:)?([0-9a-f]{64}) (.*)$/.exec(text.trim()) ?? []
  const names = Names.safeParse(parseJson(list))
  if (!names.success) throw new InfraError(`image ${reference}: its description cannot be read: ${text}`)
  // podman gives a digest of this machine's own to what was built here.
  const recorded = (names.data ?? []).filter(name => !name.startsWith('localhost/'))
  const digest = [reference, ...recorded].map(name => name.split('@')[1]).find(part => part !== undefined)
  return { id: `sha256:${id}`, digest: digest ?? null }
}

async function pull({ engine, folder }: ContainerPlace, reference: string): Promise<void> {
  const own = await mkdtemp(join(folder, 'pull-'))
  try {
    const log = join(own, 'log')
    const { end, exitCode } = await exec({
      command: [engine.program, 'pull', '--quiet', reference],
      cwd: own,
      env: engineEnvironment(),
      timeoutMs: pullMs,
      stdout: log,
      stderr: log,
    })
    if (end === 'exited' && exitCode === 0) return
    const said = end === 'timeout' ? 'it took longer than 30 minutes' : lastLine(await readTail(log, 4096))
    throw new InfraError(
      `image ${reference} is not there, and ${engine.name} could not fetch it: ${said}\nBuild or pull it, or correct "image".`,
    )
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}

/**
 * Runs a shell in an image once, with a folder of this machine. Throws InfraError with what does not work: no shell, folders
 * that do not reach the container, files that are not ours.
 */
export async function tryImage(place: ContainerPlace, id: string, reference: string): Promise<KnownImage> {
  const folder = await mkdtemp(join(place.folder, 'image-'))
  const [proof, log] = [join(folder, 'proof'), join(folder, 'log')]
  try {
    const { end, exitCode } = await runInContainer(
      place,
      { id, path: null, passwd: null },
      {
        command: look,
        cwd: folder,
        env: {},
        timeoutMs: 120_000,
        stdout: log,
        stderr: log,
        access: { write: [folder], read: [], network: 'off' },
      },
    )
    if (end !== 'exited' || exitCode !== 0) {
      throw new InfraError(`${lastLine(await readTail(log, 4096)) || end} (exit code ${exitCode})`)
    }
    const written = await stat(proof).catch(() => null)
    if (written === null) throw new InfraError('folders of this machine do not reach the container')
    if (process.getuid && written.uid !== process.getuid()) {
      throw new InfraError(`its files belong to user ${written.uid} rather than to you`)
    }
    const passwd = passwdWith(await readFile(join(folder, 'passwd'), 'utf8'), ownIds())
    const file = join(place.folder, `passwd-${id.slice(-64)}`)
    if (passwd !== null) await writeFile(file, passwd)
    return { id, path: await readFile(proof, 'utf8'), passwd: passwd === null ? null : file }
  } catch (error) {
    if (!(error instanceof InfraError)) throw error
    throw new InfraError(
      `image ${reference} cannot be used by ${place.engine.name}: ${error.message}\nAn image needs /bin/sh and what prepare, agents and graders run.`,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
