type Close = () => Promise<void>

const open = new Set<Close>()

/**
 * Remembers how something is closed until it is, once whoever asks. What a test that ran out of time holds is closed
 * before its next try, which else would meet it.
 */
export const closeOnce = (close: Close): Close => {
  let closing: Promise<void> | undefined
  const once: Close = () => {
    open.delete(once)
    closing ??= close()
    return closing
  }
  open.add(once)
  return once
}

export const opened = (): ReadonlySet<Close> => new Set(open)

/** Closes all that was opened since, the newest first. */
export const closeSince = async (before: ReadonlySet<Close>): Promise<void> => {
  for (const close of [...open].reverse()) if (!before.has(close)) await close()
}
