/** A quick way does not serve here: there is something that only the long way can tell. Caught by whoever knows that way. */
export class Unusual extends Error {
  override name = 'Unusual'
}
