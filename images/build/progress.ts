/** Told at the start and end of every step of a build; `seconds` is how long the step took. */
export type Progress = (event: { readonly step: string; readonly seconds?: number; readonly detail?: string }) => void

export type Timed = <T>(step: string, work: () => Promise<T>, detail?: (result: T) => string) => Promise<T>

/** Reports a step when it begins and when it is done; a step that fails reports only its beginning. */
export const timed =
  (progress: Progress): Timed =>
  async (step, work, detail) => {
    const start = performance.now()
    progress({ step })
    const result = await work()
    const seconds = (performance.now() - start) / 1000
    progress(detail === undefined ? { step, seconds } : { step, seconds, detail: detail(result) })
    return result
  }
