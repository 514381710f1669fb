import { integer, type Read, record, text } from './shape.ts'

export const readLog = record(
  { group: text, level: integer, msg: text },
  { thread: integer, 'ikesa-name': text, 'ikesa-uniqueid': integer },
)

/** A line of charon's log; `group` is its subsystem, `IKE`, `CFG`, `ENC`… */
export type Log = Read<typeof readLog>
