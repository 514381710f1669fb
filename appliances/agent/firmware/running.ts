import { RUNNING, type RunningFirmware } from './choose.ts'

/** What the launcher says that this process is; null: the image's own firmware, or a test's. */
export const readRunning = (environment: NodeJS.ProcessEnv = process.env): RunningFirmware | null => {
  const text = environment[RUNNING]
  return text === undefined ? null : (JSON.parse(text) as RunningFirmware)
}
