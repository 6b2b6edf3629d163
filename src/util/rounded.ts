/**
 * A number with so many digits after the point, halves upwards (also -2.5 to -2, so that a change agrees with what it is between),
 * and the same for sums that miss a half by their last bit.
 */
export function rounded(value: number, digits: number): string {
  const scale = 10 ** digits
  return (Math.round(Number((value * scale).toFixed(6))) / scale).toFixed(digits)
}
