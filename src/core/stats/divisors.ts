/** Greatest common divisor of whole numbers; gcd(0, n) = |n|. */
export function gcd(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)]
  while (y > 0) [x, y] = [y, x % y]
  return x
}

/** Least common multiple of positive whole numbers; 1 for none. */
export function lcm(numbers: readonly number[]): number {
  return numbers.reduce((multiple, number) => (multiple / gcd(multiple, number)) * number, 1)
}
