import { createHash } from 'node:crypto'
import { SPEC_VERSION } from '@sysvm/agent/spec'
import type { RouterServices, RouterSpec } from '@sysvm/router/spec'
import { routerName } from '../world.ts'
import { parts } from './parts/index.ts'
import type { RouterState } from './state.ts'

/** The services that the networks' offerings have and a virtual router provides. Pure: the same state, the same spec. */
const routerServices = ({ base, rows }: RouterState): RouterServices => {
  const services = parts.flatMap((part) => {
    const spec = part.spec(base, rows[part.name])
    return spec === undefined ? [] : [[part.name, spec] as const]
  })
  return Object.fromEntries(services) as unknown as RouterServices
}

export const routerSpec = (state: RouterState, generation: number): RouterSpec => ({
  version: SPEC_VERSION,
  generation,
  name: routerName(state.base.router.number),
  role: 'router',
  services: routerServices(state),
})

/** Of what a spec says, without its generation: two specs of one digest make the same machine. */
export const specDigest = ({ generation: _, ...spec }: RouterSpec): string =>
  createHash('sha256').update(JSON.stringify(spec)).digest('hex')
