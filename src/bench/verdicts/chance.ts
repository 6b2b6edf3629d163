import { seededRandom } from '../../util/random.ts'

/** Draws of one simulation; the same seed gives the same ones. */
export interface Chance {
  uniform: () => number
  normal: () => number
  /** In [0,1], with the mean a/(a+b). */
  beta: (a: number, b: number) => number
  /** Passes of n trials. */
  passes: (n: number, p: number) => number
}

export function chanceFrom(seed: number): Chance {
  const uniform = seededRandom(seed)
  /** Box and Muller 1958. */
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  /** Marsaglia and Tsang 2000, ACM TOMS 26. */
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape)
    const d = shape - 1 / 3
    for (;;) {
      const x = normal()
      const v = (1 + x / Math.sqrt(9 * d)) ** 3
      if (v > 0 && Math.log(1 - uniform()) < x ** 2 / 2 + d * (1 - v + Math.log(v))) return d * v
    }
  }
  return {
    uniform,
    normal,
    beta: (a, b) => {
      const x = gamma(a)
      return x / (x + gamma(b))
    },
    passes: (n, p) => {
      let passed = 0
      for (let i = 0; i < n; i++) if (uniform() < p) passed++
      return passed
    },
  }
}
