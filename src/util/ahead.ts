/**
 * Makes values one step ahead of those who ask: each gets the one that was begun when the one before was taken, and so need
 * not wait. One value of each name is left over at the end. A failure is told to whoever asked for that value.
 */
export function oneAhead<T>(): (name: string, make: () => Promise<T>) => Promise<T> {
  const begun = new Map<string, Promise<T>>()
  return async (name, make) => {
    const ready = begun.get(name) ?? make()
    begun.delete(name)
    const value = await ready
    if (begun.has(name)) return value
    const next = make()
    // Nobody may ever ask for it; who does gets a new try.
    next.catch(() => begun.delete(name))
    begun.set(name, next)
    return value
  }
}
