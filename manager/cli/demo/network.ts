import { runProcess } from '../../hosts/local/process.ts'
import type { Settings } from '../settings.ts'
import { ensureAddress, ensureBridge, ensureLink, ensureNamespace, hasNamespace, ip } from './ip.ts'
import { namesOf, plan } from './names.ts'

const FORWARDING = ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=0'] as const

/** The host's and the outside's namespaces with a cable between them; the operator's own network is not touched. */
export const ensureDemoNetwork = async (settings: Settings): Promise<void> => {
  const { host, outside } = namesOf(settings)
  await ensureNamespace(host)
  await ensureNamespace(outside)
  await ensureBridge(host, plan.publicBridge)
  await ensureLink({ namespace: outside, device: 'public' }, { namespace: host, device: 'outside' })
  await ip('-n', host, 'link', 'set', 'outside', 'master', plan.publicBridge)
  await ensureAddress(outside, 'public', `${plan.public.gateway}/${plan.public.prefix}`)
  await ensureAddress(outside, 'lo', `${plan.site.address}/32`)
  // What answers the guest must be the outside itself, never something behind it.
  await runProcess(['nsenter', `--net=/run/netns/${outside}`, '--', ...FORWARDING])
}

export const removeDemoNetwork = async (settings: Settings): Promise<void> => {
  const { host, outside } = namesOf(settings)
  for (const name of [host, outside]) if (hasNamespace(name)) await ip('netns', 'delete', name)
}
