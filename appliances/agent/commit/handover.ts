import { rename, writeFile } from 'node:fs/promises'
import { messageOf } from '@sysvm/errors'
import { readTextFile } from '../effects/index.ts'
import { log } from '../log.ts'
import { type Generation, mergedRuleset } from './generation.ts'
import type { Machine } from './machine.ts'

/** Raised when what services render takes another shape: what is left is then not understood. */
const FORMAT = 1

interface Left {
  readonly format: number
  readonly digest: string
  readonly rendered: Generation['rendered']
}

/** On tmpfs, for what holds for this boot; only root reads it, since secrets are rendered, too. */
const pathOf = ({ folders }: Machine): string => `${folders.run}/rendered.json`

/**
 * Leaves what kernel and daemons are in, as this firmware has rendered it. Another one may render the same spec
 * otherwise: it must know what it finds, to change no more than differs, and that with the next commit.
 */
export const handOver = async (machine: Machine): Promise<void> => {
  const { inForce } = machine
  if (inForce === null) return
  const left: Left = { format: FORMAT, digest: inForce.digest, rendered: inForce.rendered }
  const path = pathOf(machine)
  await writeFile(`${path}.new`, JSON.stringify(left), { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/** The confirmed generation as the firmware before has rendered it, where that one left word of it. */
export const takeOver = async (machine: Machine, confirmed: Generation): Promise<Generation> => {
  try {
    const text = await readTextFile(pathOf(machine))
    if (text === undefined) return confirmed
    const { format, digest, rendered } = JSON.parse(text) as Left
    if (format !== FORMAT || digest !== confirmed.digest) return confirmed
    return { ...confirmed, rendered, ruleset: mergedRuleset(rendered) }
  } catch (error) {
    log('warning', `what the agent before has rendered is not known: ${messageOf(error)}`)
    return confirmed
  }
}
