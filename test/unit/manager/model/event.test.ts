import { commands } from '@sysvm/manager/api/commands'
import { commandEvents, eventTypes } from '@sysvm/manager/model/event/commands'
import { describe, expect, it } from 'vitest'

/** What only looks, whatever it is called. */
const LOOKS = /^(list|get|query|find|explain|is|quota|cloudian)/

describe('the events of commands', () => {
  it('has one for every command that changes something', () => {
    const without = commands.filter(({ name }) => !LOOKS.test(name) && !commandEvents.has(name))
    expect(without.map(({ name }) => name)).toEqual([])
  })

  it('says in words what a command does', () => {
    const words = [
      'createVPCOffering',
      'createSSHKeyPair',
      'deployVirtualMachine',
      'addIpToNic',
      'deleteLBStickinessPolicy',
    ]
    expect(words.map((name) => commandEvents.get(name)?.words)).toEqual([
      'create VPC offering',
      'create SSH key pair',
      'deploy virtual machine',
      'add ip to nic',
      'delete LB stickiness policy',
    ])
  })

  it('names types as CloudStack does', () => {
    expect(commandEvents.get('deployVirtualMachine')).toEqual({
      cmd: 'deployVirtualMachine',
      type: 'VM.CREATE',
      resource: 'VirtualMachine',
      words: 'deploy virtual machine',
    })
    for (const type of eventTypes) expect(type).toMatch(/^[A-Z0-9]+([._][A-Z0-9]+)*$/)
    expect(new Set(eventTypes).size).toBe(eventTypes.length)
  })
})
