import type { Effects } from '@sysvm/agent/service'
import { SERVED_FILE } from './served.ts'
import type { MetadataSpec } from './spec.ts'

export interface MetadataState {
  /** Ids of passwords that were served, or that their guests said they have. */
  readonly served: readonly string[]
}

/** What the metadata process has noted; never a password. */
export const state = async (_spec: MetadataSpec, { readFile }: Effects): Promise<MetadataState> => ({
  served: Object.keys(JSON.parse((await readFile(SERVED_FILE)) ?? '{}') as Record<string, number>),
})
