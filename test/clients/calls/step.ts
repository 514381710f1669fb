/**
 * One call as a client makes it, and what it goes on with. In parameters `@name` stands for what an earlier step kept.
 */
export interface Step {
  readonly call: string
  readonly with?: Readonly<Record<string, string>>
  /** What later steps call a field of the answer's first object: its id by default, `nic.0.id` for one deep in it. */
  readonly keep?: Readonly<Record<string, string>>
  /** Where only one outcome is right: a refusal of this code, an empty list, or one that is not. */
  readonly is?: number | 'none' | 'some'
}

type With = Readonly<Record<string, string>>

/** A step that keeps nothing. */
export const step = (call: string, given: With = {}, is?: Step['is']): Step => ({
  call,
  with: given,
  ...(is === undefined ? {} : { is }),
})

/** A step whose object's id later steps know by this name. */
export const kept = (name: string, call: string, given: With = {}): Step => ({
  call,
  with: given,
  keep: { [name]: 'id' },
})
