import { numberSetting } from '../../../model/settings/index.ts'
import type { RouterPart } from './part.ts'

/** keepalived's unit, in milliseconds. */
const STEP_MS = 10

/** Who the other router is, and who of the two begins; all else is the same in both documents. */
export const redundancy: RouterPart<'redundancy', { readonly advertMs: number }> = {
  name: 'redundancy',
  read: async (db, { pair }) => ({
    advertMs: pair === undefined ? 0 : await numberSetting(db, 'router.redundant.advert.interval'),
  }),
  spec: ({ pair }, { advertMs }) =>
    pair === undefined
      ? undefined
      : {
          device: pair.device,
          peer: pair.peer,
          rank: pair.rank,
          advertMs: Math.round(advertMs / STEP_MS) * STEP_MS,
        },
}
