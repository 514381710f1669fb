import { SysvmError } from '@sysvm/errors'
import { enter } from '../hosts/local/namespace.ts'
import { parseHostUrl } from '../hosts/url.ts'
import type { Answer } from './client.ts'
import { ensureText } from './files.ts'
import { inState, type Settings } from './settings.ts'
import { operatorKey } from './setup/operator.ts'

/**
 * The command for a root shell in a router on this machine: ssh from the host's namespaces, its key pinned.
 * `control` is the answer of getRouterControl.
 */
export const shellArguments = async (settings: Settings, control: Answer): Promise<readonly [string, ...string[]]> => {
  const address = parseHostUrl(String(control.host))
  const target = String(control.linklocal)
  if (address.kind === 'simulator')
    throw new SysvmError('SYSVM_USAGE', `this router runs on the simulated host ${address.name}: it has no shell`)
  if (address.kind === 'ssh') {
    throw new SysvmError(
      'SYSVM_USAGE',
      `this router runs on ${address.host}; run sysvm router shell on that machine, or: ssh -p ${control.port} root@${target} from there`,
    )
  }
  const known = inState(settings, `operator/known_hosts.${target}`)
  await ensureText(known, `[${target}]:${control.port} ${control.hostkey}\n`)
  // Only the network: the key and the file above are this machine's.
  const [nsenter, ...rest] = enter(address).filter((word) => word !== '--mount' && word !== '--pid')
  const ssh = [
    'ssh',
    ...['-p', String(control.port), '-i', operatorKey(settings), '-F', '/dev/null'],
    ...['-o', `UserKnownHostsFile=${known}`, '-o', 'StrictHostKeyChecking=yes', '-o', 'IdentitiesOnly=yes'],
    `root@${target}`,
  ] as const
  return nsenter === undefined ? ssh : [nsenter, ...rest, ...ssh]
}
