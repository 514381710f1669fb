import { setFlagsFromString } from 'node:v8'

/** Bytes of a document from which on the compilers are worth their memory: some two thousand rules. */
const LARGE = 256 * 1024

let optimized = false

/**
 * The unit starts Node without its optimizing compilers, whose memory a small router has no use for. A large document is
 * read, rendered and compared several times faster with them: from the first one on they are on.
 */
export const optimizeFor = (bytes: number): void => {
  if (optimized || bytes < LARGE) return
  optimized = true
  for (const flag of ['--opt', '--maglev']) setFlagsFromString(flag)
}
