import { availableParallelism, loadavg } from 'node:os'

/**
 * So long, in milliseconds, as `quietMs` on a quiet machine: where more wants to run than there are processors, all
 * takes longer, also what must be waited for to know that nothing comes.
 */
export const patience = (quietMs: number): number =>
  Math.round(quietMs * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism()))

/** The same in whole seconds, for programs that know no other; at least one. */
export const patienceSeconds = (quietSeconds: number): string =>
  String(Math.round(patience(quietSeconds * 1000) / 1000))
