import type { Command } from '../command.ts'
import { removeAll } from '../setup/down.ts'
import { takeLock } from '../setup/lock.ts'
import { needRoot } from '../setup/root.ts'

export const down: Command = {
  name: 'down',
  summary: 'remove everything that sysvm up made',
  usage: '',
  description: [
    'Removes the machines, the manager, its database, the namespaces and the state directory.',
    'Works on a cloud that was made only half, and when the manager is dead. The image cache stays.',
  ].join('\n'),
  options: {},
  async run({ settings, progress, json, print }) {
    needRoot('down')
    await using _lock = await takeLock(settings)
    await removeAll(settings, progress)
    print(json ? JSON.stringify({ removed: settings.state }) : 'nothing of sysvm is left but the image cache')
  },
}
