import { resolve } from 'node:path'
import { backUp } from '../../backup/index.ts'
import type { Command } from '../command.ts'
import { inState } from '../settings.ts'
import { usageError } from '../usage.ts'

export const backup: Command = {
  name: 'backup',
  summary: 'write the state of the manager into one file',
  usage: '<file>',
  description: [
    'The database as it is at one moment, and the keys that its secrets are sealed with, in a file of mode 0600.',
    'The manager may run meanwhile. With DATABASE_URL set, that database. Restore it by: sysvm restore <file>.',
  ].join('\n'),
  options: {},
  async run({ settings, json, print }, { words: [file, ...more] }) {
    if (file === undefined || more.length > 0) throw usageError('name one file to write: sysvm backup <file>')
    const place = { folder: inState(settings, 'manager'), databaseUrl: process.env.DATABASE_URL || undefined }
    const { created } = await backUp(place, resolve(file))
    print(
      json
        ? JSON.stringify({ file: resolve(file), created })
        : `${file} has the state of ${created}; keep it as secret as the keys in it`,
    )
  },
}
