import type { ContextProbe } from '../../contracts.ts'
import type { ContextSight } from '../../model/model-call.ts'
import { listedSkills } from './listed-skills.ts'
import { phraseFinder } from './phrase-finder.ts'
import { skillFile } from './probes.ts'
import { eachText } from './request-texts.ts'

/** Watches the requests of one trial for the texts of its setup, and of others. */
export interface ContextWatch {
  /** Call with each request to a model, in order: its number, and its parsed body. */
  see(call: number, body: unknown): void
  sights(): ContextSight[]
}

/** From this share of its lines on a text has arrived in part; less may be chance. */
const partlyShare = 0.25

interface Watched {
  probe: ContextProbe
  missing: Set<number>
  listed: boolean
  state: ContextSight['state']
  call: number | null
}

/** Requests repeat the whole conversation: a text that was seen before is not looked through again. */
export function watchContext(probes: readonly ContextProbe[]): ContextWatch {
  const phrases: string[] = []
  const owners: { watched: Watched; isListing: boolean }[] = []
  const all = probes.map(probe => {
    const watched: Watched = { probe, missing: new Set(), listed: false, state: 'missing', call: null }
    for (const line of probe.lines) {
      watched.missing.add(phrases.length)
      phrases.push(line)
      owners.push({ watched, isListing: false })
    }
    for (const line of probe.listing) {
      phrases.push(line)
      owners.push({ watched, isListing: true })
    }
    watched.state = stateOf(watched)
    return watched
  })
  // A name tells only where no other skill could be meant.
  const byName = new Map(
    all.flatMap(watched => {
      const { kind, name, listing } = watched.probe
      return kind === 'skill' && listing.includes(`${name}/${skillFile}`) ? [[name, watched] as const] : []
    }),
  )
  const finder = phraseFinder(phrases)
  const seen = new Set<string>()

  return {
    see(call, body) {
      if (phrases.length === 0) return
      const changed = new Set<Watched>()
      const onHit = (index: number): void => {
        const owner = owners[index]
        if (!owner) return
        if (owner.isListing) owner.watched.listed = true
        else owner.watched.missing.delete(index)
        changed.add(owner.watched)
      }
      eachText(body, text => {
        if (seen.has(text)) return
        seen.add(text)
        finder.find(text, onHit)
      })
      for (const name of byName.size > 0 ? listedSkills(body) : []) {
        const watched = byName.get(name)
        if (!watched) continue
        watched.listed = true
        changed.add(watched)
        byName.delete(name)
      }
      for (const watched of changed) {
        const state = stateOf(watched)
        if (state !== watched.state) watched.call = call
        watched.state = state
      }
    },
    sights: () =>
      all.map(({ probe: { kind, name, expected, from }, state, call }) => ({
        kind,
        name,
        expected,
        from,
        state,
        call,
      })),
  }
}

function stateOf({ probe, missing, listed }: Watched): ContextSight['state'] {
  const { lines, listing } = probe
  if (lines.length > 0 && missing.size === 0) return 'arrived'
  const found = lines.length - missing.size
  if (found > 0 && found >= partlyShare * lines.length) return 'partly'
  if (listed) return 'listed'
  return lines.length + listing.length === 0 ? 'untellable' : 'missing'
}
