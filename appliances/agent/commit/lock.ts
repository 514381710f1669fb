/** Runs work one at a time, in the order it was asked for. */
export type Lock = <T>(work: () => Promise<T>) => Promise<T>

export const createLock = (): Lock => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(work)
    last = result.catch(() => undefined)
    return result
  }
}
