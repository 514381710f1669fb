import type { Effects } from '@sysvm/agent/service'
import type { Member } from '../spec.ts'
import type { UdpRule } from './document.ts'

const pings = ({ run }: Effects, address: string, seconds: number): Promise<boolean> =>
  run(['ping', '-n', '-q', '-c', '1', '-W', String(seconds), address], { timeoutMs: (seconds + 2) * 1000 }).then(
    () => true,
    () => false,
  )

/** Whether a member is well, as its rule's check sees it. Never rejects. */
export const probe = async ({ check }: UdpRule, member: Member, effects: Effects): Promise<boolean> => {
  const { kind, timeoutSeconds } = check
  const port = check.port ?? member.port
  if (kind === 'none') return true
  if (kind === 'tcp' || kind === 'udp')
    return effects.ask.reach(kind, member.address, port, { timeoutMs: timeoutSeconds * 1000 }).catch(() => false)
  return pings(effects, member.address, timeoutSeconds)
}
