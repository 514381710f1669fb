/** Tells the step what it is doing now: shown behind its title. */
export type Tell = (detail: string) => void

export interface Progress {
  /** Runs one step under a title; its line shows the elapsed time while it runs and after. */
  step<T>(title: string, work: (tell: Tell) => Promise<T>): Promise<T>
}

/** The part of a stream that is written to; a TTY says so. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const CLEAR = '\r\u001B[2K'
/** Without a terminal a long step reports this often, so that a log shows that it lives. */
const QUIET_MS = 15_000

const fit = (text: string, columns: number): string =>
  text.length < columns ? text : `${text.slice(0, Math.max(1, columns - 2))}…`

const lineOf = (title: string, detail: string, ms: number): string =>
  detail === '' ? `${title}  ${seconds(ms)}` : `${title}  ${seconds(ms)}  ${detail}`

/** Live lines on a terminal, plain lines elsewhere. */
export const createProgress = (output: Output, now: () => number = Date.now): Progress => ({
  async step(title, work) {
    const started = now()
    const live = output.isTTY === true
    let detail = ''
    const show = (): void => {
      const line = fit(lineOf(`… ${title}`, detail, now() - started), output.columns ?? 80)
      output.write(live ? `${CLEAR}${line}` : `${line}\n`)
    }
    const timer = setInterval(show, live ? 100 : QUIET_MS)
    try {
      if (live) show()
      const result = await work((text) => {
        detail = text
      })
      output.write(`${live ? CLEAR : ''}✓ ${lineOf(title, detail, now() - started)}\n`)
      return result
    } catch (error) {
      output.write(`${live ? CLEAR : ''}✗ ${lineOf(title, detail, now() - started)}\n`)
      throw error
    } finally {
      clearInterval(timer)
    }
  },
})
