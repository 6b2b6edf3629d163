import type { Duplex } from 'node:stream'

/**
 * Carries bytes between two connections until both directions have ended. Each direction ends on its own: who has said all
 * may still listen. Where one side breaks off, the other one is broken off, too. Both must allow being half open.
 */
export function relay(one: Duplex, other: Duplex): void {
  carry(one, other)
  carry(other, one)
  // The one may have broken off while the other was still being connected.
  if (one.destroyed || other.destroyed) {
    one.destroy()
    other.destroy()
    return
  }
  one.pipe(other)
  other.pipe(one)
}

function carry(from: Duplex, to: Duplex): void {
  from.on('error', () => to.destroy())
  from.on('close', () => {
    if (!from.readableEnded || !to.readableEnded) to.destroy()
  })
}
