/** Priorities of sd-daemon(3): journald reads them from the start of a line, so no logging library is needed. */
const priorities = { error: 3, warning: 4, notice: 5, info: 6 } as const

export type Log = (level: keyof typeof priorities, message: string) => void

export const log: Log = (level, message) => {
  process.stderr.write(`<${priorities[level]}>${message.replaceAll('\n', ' | ')}\n`)
}
