import { SysvmError } from '@sysvm/errors'
import { encodeOption, optionCode } from '@sysvm/router/spec'
import type { NicDhcpOption } from '../../model/schema/guestservices.ts'
import type { MapEntries } from '../parameter.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const MOST = 32

const LIST = 'dhcpoptionsnetworklist'
const bad = (sentence: string, parameter = LIST) =>
  new SysvmError('SYSVM_API_PARAMETER', `Parameter ${parameter}: ${sentence}`)

/** `dhcp:66` or `dhcp:tftp-server`, as CloudStack writes it; the prefix may be left out. */
const readOption = (key: string, value: string, parameter: string): NicDhcpOption => {
  const given = key.replace(/^dhcp:/i, '')
  const code = optionCode(given)
  if (code === undefined)
    throw bad(
      `'${given.slice(0, 40)}' is no DHCP option that a guest can be given: name it by code or by name.`,
      parameter,
    )
  if (encodeOption(code, value) === undefined)
    throw bad(`'${value.slice(0, 40).replaceAll(/[^\x20-\x7e]/g, '?')}' does not fit option ${given}.`, parameter)
  return { code, value }
}

/** Options by network. An entry names a network and its options; one without options takes all away. */
export const readDhcpOptions = (
  entries: MapEntries,
  parameter = LIST,
): ReadonlyMap<string, readonly NicDhcpOption[]> => {
  const networks = new Map<string, NicDhcpOption[]>()
  for (const entry of entries) {
    const pairs = Object.entries(entry)
    const network = pairs.find(([key]) => key.toLowerCase() === 'networkid')?.[1] ?? ''
    if (!UUID.test(network)) throw bad(`networkid '${network.slice(0, 60)}' is not a UUID.`, parameter)
    const options = networks.get(network.toLowerCase()) ?? []
    networks.set(network.toLowerCase(), options)
    for (const [key, value] of pairs) {
      if (key.toLowerCase() === 'networkid') continue
      const option = readOption(key, value, parameter)
      if (options.some(({ code }) => code === option.code))
        throw bad(`option ${option.code} is given twice.`, parameter)
      options.push(option)
    }
    if (options.length > MOST) throw bad(`more than ${MOST} options for one network.`, parameter)
  }
  return networks
}

/** Refuses options for a network on which the guest has no nic. */
export const checkOptionNetworks = (
  options: ReadonlyMap<string, unknown>,
  networks: readonly (string | null)[],
): void => {
  const stray = [...options.keys()].find((network) => !networks.includes(network))
  if (stray !== undefined) throw bad(`the guest has no nic on network ${stray}.`)
}
