/** Commands by the type of the event that tells of them, by what they act upon. The names are CloudStack's where it has them. */
export type EventMap = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

/** What the event of a command says beside who and when. */
export interface CommandEvent {
  readonly cmd: string
  /** `VM.CREATE` */
  readonly type: string
  /** `VirtualMachine` */
  readonly resource: string
  /** `deploy virtual machine` */
  readonly words: string
}
