import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { convergeCommands, missingDevices } from './converge.ts'
import { readLive } from './read.ts'
import { sysctls } from './render.ts'
import { staleCommands } from './shared.ts'
import type { InterfacesSpec } from './spec.ts'

/** What would have to be done to make the kernel what the spec says, a line each. */
export const drift = async (spec: InterfacesSpec, effects: Effects): Promise<readonly string[]> => {
  const live = await readLive(effects)
  const values = await Promise.all(
    sysctls(spec).map(async ([path, wanted]) => ({ path, wanted, found: (await effects.readFile(path))?.trim() })),
  )
  return [
    ...missingDevices(spec, live).map((device) => `${device} is missing`),
    ...[...convergeCommands(spec, live), ...staleCommands(spec, live)].map((command) => `needs: ip ${command}`),
    ...values
      .filter(({ wanted, found }) => found !== wanted)
      .map(({ path, wanted, found }) => `${path} is ${found ?? 'missing'}, not ${wanted}`),
  ]
}

export const health = async (spec: InterfacesSpec, effects: Effects): Promise<void> => {
  const live = await readLive(effects)
  const wrong = [...missingDevices(spec, live), ...convergeCommands(spec, live), ...staleCommands(spec, live)]
  if (wrong.length > 0)
    throw new SysvmError('SYSVM_PROBE_FAILED', `The devices are not as the spec says: ${wrong.join('; ')}`)
}
