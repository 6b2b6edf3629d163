import * as nodeModule from 'node:module'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Script, constants } from 'node:vm'

/**
 * Loads a CommonJS file of ours; its compiled form is kept for the next start, which is then twice as fast. Where nothing can
 * be kept it is compiled each time.
 */
export function requireCompiled(file: string): unknown {
  const kept = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'agent-eval', 'code')
  // Node 22.1 and later do it themselves.
  if ('enableCompileCache' in nodeModule && typeof nodeModule.enableCompileCache === 'function') {
    nodeModule.enableCompileCache(kept)
    return nodeModule.createRequire(file)(file)
  }
  return loadKept(file, kept)
}

function loadKept(file: string, kept: string): unknown {
  const { size, mtimeMs } = statSync(file)
  const place = join(kept, `${process.version}-${process.arch}-${size}-${Math.floor(mtimeMs)}.compiled`)
  const script = new Script(
    `(function(exports,require,module,__filename,__dirname){${readFileSync(file, 'utf8')}\n})`,
    {
      filename: file,
      cachedData: read(place),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    },
  )
  if (script.cachedDataRejected !== false) process.once('exit', () => keep(script, place))
  const module = { exports: {} }
  script.runInThisContext()(module.exports, nodeModule.createRequire(file), module, file, dirname(file))
  return module.exports
}

function read(place: string): Buffer | undefined {
  try {
    return readFileSync(place)
  } catch {
    // Not kept yet.
    return undefined
  }
}

/** At the end, when the functions that are really used are compiled too. */
function keep(script: Script, place: string): void {
  const temporary = `${place}.${process.pid}`
  try {
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 })
    writeFileSync(temporary, script.createCachedData(), { mode: 0o600 })
    renameSync(temporary, place)
    // Those of earlier builds.
    for (const name of readdirSync(dirname(place))) {
      const isOld = name.startsWith(`${process.version}-${process.arch}-`) && name.endsWith('.compiled')
      if (isOld && name !== basename(place)) rmSync(join(dirname(place), name), { force: true })
    }
  } catch {
    // A home that cannot be written to only costs time.
    rmSync(temporary, { force: true })
  }
}
