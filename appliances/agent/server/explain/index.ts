import type { Explanation } from '../../api/index.ts'
import type { AnyService, Effects } from '../../service/index.ts'
import type { SpecEnvelope } from '../../spec/index.ts'
import { answer } from './answer.ts'
import type { Flow } from './flow.ts'
import { cameBy, tracePacket } from './wire.ts'

export { Flow } from './flow.ts'

/**
 * Sends a real packet of the flow through the ruleset as if it came from its source, and tells what became of it and
 * by which rule. It leaves nothing: no packet goes out, no connection is remembered.
 */
export const explainPacket = async (
  flow: Flow,
  services: readonly AnyService[],
  spec: SpecEnvelope,
  effects: Effects,
): Promise<Explanation> => {
  const link = await cameBy(flow, effects)
  return { device: link.ifname, ...answer(await tracePacket(flow, link, effects), services, spec) }
}
