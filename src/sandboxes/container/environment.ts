import { InfraError } from '../../errors.ts'

/** The engines read no line that is longer than 64 KiB. */
const longestLine = 16 * 1024

/** Variables that would steer the program that starts containers, which runs with all rights of the user. */
const steering =
  /^(LD_|DYLD_|DOCKER_|BUILDKIT_|CONTAINER|STORAGE_|BUILDAH_|REGISTRY_|GO|GLIBC_|MALLOC_|SSL_|SSH_|XDG_|DBUS_)|^(HOME|PATH|TMPDIR)$|_proxy$/i

export interface PassedEnvironment {
  /** Text of an `--env-file`: a line for each variable that fits into one. */
  file: string
  /** All others: the engine's program gets them in its own environment and is told their names by `--env NAME`. */
  own: Record<string, string>
}

/**
 * How an environment gets into a container without a value on any command line. Throws InfraError for a long value whose
 * name means something to the engine's own program.
 */
export function passEnvironment(env: Readonly<Record<string, string>>): PassedEnvironment {
  const own: Record<string, string> = {}
  let file = ''
  for (const [name, value] of Object.entries(env)) {
    if (!/[\r\n]/.test(value) && value.length <= longestLine && /^[^\s#=]+$/.test(name)) {
      file += `${name}=${value}\n`
      continue
    }
    if (steering.test(name)) {
      throw new InfraError(
        `the variable ${name} cannot have several lines, or more than ${longestLine} characters, at isolation container`,
      )
    }
    own[name] = value
  }
  return { file, own }
}

/**
 * The environment with the image's programs in the place of this machine's: what was put before or behind the machine's PATH
 * stays, and a PATH of its own stays as it is.
 * As long as the image's own PATH is not known (null) the engine sets it.
 */
export function withProgramsOf(
  imagePath: string | null,
  env: Readonly<Record<string, string>>,
  hostPath: string,
): Record<string, string> {
  const { PATH: path, ...others } = env
  if (imagePath === null) return others
  if (path === undefined || path === '') return { ...env, PATH: imagePath }
  return { ...env, PATH: hostPath === '' ? path : path.replace(hostPath, () => imagePath) }
}
