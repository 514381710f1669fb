import { resolve } from 'node:path'
import { SysvmError } from '@sysvm/errors'
import { restore as restoreState } from '../../backup/index.ts'
import type { Command } from '../command.ts'
import { inState } from '../settings.ts'
import { takeLock } from '../setup/lock.ts'
import { findManager } from '../setup/manager.ts'
import { usageError } from '../usage.ts'

export const restore: Command = {
  name: 'restore',
  summary: 'put the state of a backup in the place of what is there',
  usage: '<file> [--replace]',
  description: [
    'All of it or nothing. Refused while a manager runs, and over a cloud that is there unless --replace is given.',
    'Keys that were there are kept beside the restored ones. Start the manager afterwards: sysvm up.',
  ].join('\n'),
  options: { replace: { type: 'boolean' } },
  async run({ settings, json, print }, { values, words: [file, ...more] }) {
    if (file === undefined || more.length > 0) throw usageError('name one file to read: sysvm restore <file>')
    await using _lock = await takeLock(settings)
    const running = findManager(settings)
    if (running !== undefined)
      throw new SysvmError('SYSVM_BACKUP', `The manager runs as process ${running.pid}: end it first.`)
    const place = { folder: inState(settings, 'manager'), databaseUrl: process.env.DATABASE_URL || undefined }
    const { created } = await restoreState(place, resolve(file), { replace: values.replace === true })
    print(json ? JSON.stringify({ file: resolve(file), created }) : `the state of ${created} is restored`)
  },
}
