/** A parameter as the client named and meant it: decoded, its name's case kept. */
export type Pair = readonly [name: string, value: string]

/** How a client may have written the text that it signed. */
interface Spelling {
  /** Names in the order of their lower-cased forms instead of their own. */
  readonly folded: boolean
  /** `~` as it is instead of `%7E`. */
  readonly tilde: boolean
  /** `*` as `%2A` instead of as it is. */
  readonly star: boolean
}

const byName = (folded: boolean) => {
  const key = ([name]: Pair): string => (folded ? name.toLowerCase() : name)
  return (a: Pair, b: Pair): number => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)
}

/** Both only where it makes a difference: a request may be of megabytes. */
const either = (differs: boolean): readonly boolean[] => (differs ? [false, true] : [false])

const isSorted = (names: readonly string[]): boolean =>
  names.every((name, at) => at === 0 || (names[at - 1] ?? '') <= name)

/** The reference server's first, then what its clients write: Python leaves `~` alone, Go also writes `%2A`. */
const spellingsOf = (pairs: readonly Pair[]): readonly Spelling[] => {
  const has = (character: string): boolean => pairs.some(([, value]) => value.includes(character))
  const names = pairs.toSorted(byName(false)).map(([name]) => name.toLowerCase())
  return either(has('*')).flatMap((star) =>
    either(has('~')).flatMap((tilde) => either(!isSorted(names)).map((folded) => ({ folded, tilde, star }))),
  )
}

/** All but letters, digits and `- _ .` percent-encoded, and what the spelling says of `~` and `*`; a space is `%20`. */
const encode = (value: string, { tilde, star }: Spelling): string =>
  encodeURIComponent(value)
    .replaceAll(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    .replaceAll('~', tilde ? '~' : '%7e')
    .replaceAll('*', star ? '%2a' : '*')

/** The text that is signed: every parameter but `signature`, sorted and encoded, the whole in lower case. */
const canonical = (pairs: readonly Pair[], spelling: Spelling): string =>
  pairs
    .filter(([name]) => name.toLowerCase() !== 'signature')
    .toSorted(byName(spelling.folded))
    .map(([name, value]) => `${name}=${encode(value, spelling)}`)
    .join('&')
    .toLowerCase()

/** The texts that a client may have signed, the most usual first. */
export const canonicalTexts = (pairs: readonly Pair[]): readonly string[] =>
  spellingsOf(pairs).map((spelling) => canonical(pairs, spelling))
