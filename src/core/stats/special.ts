const logFactorials = [0, 0]

/** ln(n!) for a whole n >= 0. */
export function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++)
    logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i))
  return logFactorials[n] ?? Number.NaN
}

/** ln of the number of ways to choose k of n. */
export function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
}

/** ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) after shifting x above 15. */
export function logGamma(x: number): number {
  let shift = 0
  let y = x
  for (; y < 15; y++) shift += Math.log(y)
  const square = y * y
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / square) / square) / square) / y
  return (y - 0.5) * Math.log(y) - y + Math.log(2 * Math.PI) / 2 + series - shift
}

/** Regularised incomplete beta function I_x(a, b) for 0 <= x <= 1: the continued fraction DLMF 8.17.22 by Lentz's method. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast only on this side of the mean.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const logFront = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)
  return (Math.exp(logFront) / a) * betaFraction(x, a, b)
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / (1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    const before = value
    for (const coefficient of [even, odd]) {
      d = 1 / (1 + coefficient * d)
      c = 1 + coefficient / c
      value *= c * d
    }
    if (Math.abs(value - before) <= 1e-16 * Math.abs(value)) break
  }
  return value
}

/** The x between `low` and `high` at which a rising function reaches `target`, to the last bit. */
export function bisect(rising: (x: number) => number, target: number, low: number, high: number): number {
  let [from, to] = [low, high]
  for (;;) {
    const middle = (from + to) / 2
    if (middle <= from || middle >= to) return middle
    if (rising(middle) < target) from = middle
    else to = middle
  }
}
