import { readFileSync } from 'node:fs'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import type { RouterServices } from '@sysvm/router/spec'

export { baseSpec } from '../../../lab/router/spec.ts'

export const wholeOf = (services: Partial<RouterServices>): SpecEnvelope => ({
  version: 1,
  generation: 1,
  name: 'r-1-VM',
  role: 'router',
  services: { ...services },
})

export const golden = (name: string): string => readFileSync(new URL(`golden/${name}.golden`, import.meta.url), 'utf8')
