import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { runProcess } from '../../hosts/local/process.ts'
import { inState, type Settings } from '../settings.ts'

/** Private key of the operator's shell into system VMs; its public half is beside it, `.pub`. */
export const operatorKey = (settings: Settings): string => inState(settings, 'operator/key')

export const ensureOperatorKey = async (settings: Settings): Promise<string> => {
  const path = operatorKey(settings)
  if (!existsSync(path)) {
    await mkdir(inState(settings, 'operator'), { recursive: true, mode: 0o700 })
    const draft = `${path}.${process.pid}`
    await runProcess(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'sysvm-operator', '-f', draft])
    // The private half last: where it is, the public one is too.
    await rename(`${draft}.pub`, `${path}.pub`)
    await rename(draft, path)
  }
  return `${path}.pub`
}
