import { commands } from '@sysvm/manager/api/commands'
import { isPassedOver } from '@sysvm/manager/api/foreign'
import { expect, it } from 'vitest'

const passes = (commandName: string, name: string): boolean => {
  const command = commands.find((one) => one.name === commandName)
  if (command === undefined) throw new Error(`there is no ${commandName}`)
  return isPassedOver(commands, command, name)
}

it.each([
  ['what Libcloud asks a list for', 'listPortForwardingRules', 'virtualmachineid', true],
  ['what owners are named by', 'createPortForwardingRule', 'account', true],
  ['what every list takes for some clients', 'listZones', 'listall', true],
  ['a word that no command has', 'listPortForwardingRules', 'virtualmachinid', false],
  ['what Ansible makes a physical network with', 'createPhysicalNetwork', 'state', true],
  ['what Ansible changes a zone with', 'updateZone', 'networktype', true],
  ['a parameter of its own', 'listZones', 'networktype', false],
  ['a parameter of its own that is not supported', 'listTemplates', 'storageid', false],
])('%s: %s %s is passed over: %s', (_what, command, name, expected) => {
  expect(passes(command, name)).toBe(expected)
})
