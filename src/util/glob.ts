import picomatch from 'picomatch'

/**
 * Tells whether a relative path with `/` matches one of the globs. `**` crosses folders, dot-files count like others, and a
 * glob that names a folder stands for everything in it.
 */
export function matcher(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.flatMap(glob => {
    const clean = glob.replace(/^\.\//, '').replace(/\/+$/, '')
    return [clean, `${clean}/**`]
  })
  // Without `s` a path with a line end in it would slip through every glob.
  return picomatch(patterns, { dot: true, flags: 's' })
}
