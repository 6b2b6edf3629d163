import type { Access } from '../../contracts.ts'

/** Who runs in a container is who runs this program, by what the engine makes of user ids. */
export type UserMapping = 'same' | 'root-is-us' | 'remapped' | 'keep-id'

export interface ContainerRequest {
  name: string
  /** The label that says whose it is, as `key=value`. */
  label: string
  /** Id of the image. */
  image: string
  argv: readonly string[]
  cwd: string
  access: Pick<Access, 'write' | 'network'>
  /** What it may read besides, each known to exist. */
  read: readonly string[]
  envFile: string
  /** Variables that come from the environment of the engine's program. */
  envNames: readonly string[]
  takesInput: boolean
  user: UserMapping
  /** Null where there is no such thing. */
  ids: { uid: number; gid: number } | null
  /** A file to be /etc/passwd; null for the image's own. */
  passwd: string | null
}

/** The engine's arguments for one command in a container of its own. docker and podman take the same. */
export function runArguments(request: ContainerRequest): string[] {
  const { access, image, argv } = request
  const read = request.read.filter(path => !access.write.includes(path))
  return [
    ['run', '--name', request.name, '--label', request.label],
    ['--pull', 'never', '--log-driver', 'none', '--no-healthcheck'],
    // A first process that hands on signals and reaps what is orphaned.
    ['--init'],
    request.takesInput ? ['--interactive'] : [],
    access.network === 'open' ? [] : ['--network', 'none'],
    ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    // Where SELinux is on, bound folders could not be reached otherwise.
    ['--security-opt', 'label=disable'],
    userArguments(request.user, request.ids),
    limitArguments(),
    ['--read-only'],
    temporary.flatMap(path => ['--tmpfs', `${path}:rw,exec,nosuid,nodev,mode=1777`]),
    request.passwd === null ? [] : ['--mount', bind(request.passwd, '/etc/passwd', 'readonly')],
    // The same path inside as outside.
    [...new Set(read)].flatMap(path => ['--mount', bind(path, path, 'readonly')]),
    [...new Set(access.write)].flatMap(path => ['--mount', bind(path, path)]),
    ['--workdir', request.cwd, '--env-file', request.envFile],
    request.envNames.flatMap(name => ['--env', name]),
    // The image's own entry point would see our command as its arguments.
    ['--entrypoint=', image, ...argv],
  ].flat()
}

const temporary = ['/tmp', '/var/tmp', '/run']

/** Limits of the whole container. Memory and processors (`--memory`, `--cpus`) have their place here. */
function limitArguments(): string[] {
  return ['--pids-limit', '4096']
}

function userArguments(mapping: UserMapping, ids: ContainerRequest['ids']): string[] {
  if (mapping === 'root-is-us') return ['--user', '0:0']
  if (ids === null) return []
  const user = ['--user', `${ids.uid}:${ids.gid}`]
  if (mapping === 'remapped') return ['--userns', 'host', ...user]
  return mapping === 'keep-id' ? ['--userns', 'keep-id', ...user] : user
}

/** The argument is a line of CSV. */
function bind(source: string, target: string, ...options: string[]): string {
  const field = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return ['type=bind', field(`source=${source}`), field(`target=${target}`), ...options].join(',')
}
