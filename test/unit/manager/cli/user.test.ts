import { exitOf } from '@sysvm/manager/cli/exit'
import { expect, test } from 'vitest'
import { type Answers, startManager, sysvm } from './fixture.ts'

const answers = (more: Answers = {}): Answers => ({
  listDomains: ({ name }) => ({
    count: 2,
    domain: [
      { id: 'd0', path: `ROOT/other/${name}` },
      { id: 'd1', path: name === 'ROOT' ? 'ROOT' : `ROOT/${name}` },
    ],
  }),
  listUsers: ({ username, domainid }) =>
    username === 'admin' || domainid !== 'd1' ? { count: 1, user: [{ id: `u-${username}` }] } : {},
  getUserKeys: () => ({ userkeys: { apikeyaccess: true } }),
  registerUserKeys: () => ({ userkeys: { apikey: 'a', secretkey: 's' } }),
  updateUser: () => ({ user: {} }),
  ...more,
})

test('keys makes those that the administrator has not', async () => {
  await using manager = await startManager(answers())
  expect((await sysvm(manager.url, ['user', 'keys'])).out).toBe('apikey     a\nsecretkey  s\n')
  expect(manager.calls.at(-1)).toMatchObject({ command: 'registerUserKeys', id: 'u-admin' })
})

test('keys shows those there are, and makes others when told', async () => {
  const known = { getUserKeys: () => ({ userkeys: { apikey: 'old', secretkey: 'older' } }) }
  await using manager = await startManager(answers(known))
  expect((await sysvm(manager.url, ['user', 'keys', '--json'])).out).toBe('{"apikey":"old","secretkey":"older"}\n')
  expect(manager.calls.map(({ command }) => command)).not.toContain('registerUserKeys')
  expect((await sysvm(manager.url, ['user', 'keys', '--new', '--json'])).out).toBe('{"apikey":"a","secretkey":"s"}\n')
})

test('password sends what is typed by POST, and shows it nowhere', async () => {
  await using manager = await startManager(answers())
  const { out, err } = await sysvm(manager.url, ['user', 'password', 'admin', '--domain', '/sales'], 'hunter2')
  expect([out, err]).toEqual(['admin has this password now\n', ''])
  expect(manager.calls.at(-1)).toMatchObject({ command: 'updateUser', id: 'u-admin', password: 'hunter2' })
})

test.each([
  [['user'], '', 2],
  [['user', 'name'], '', 2],
  [['user', 'keys', 'admin', 'more'], '', 2],
  [['user', 'password'], '', 2],
  [['user', 'keys', 'nobody'], '', 4],
  [['user', 'keys', 'admin', '--domain', 'a/b/c'], '', 4],
] as const)('%j is refused', async (words, secret, exit) => {
  await using manager = await startManager(answers())
  const { error } = await sysvm(manager.url, words, secret)
  expect(exitOf(error)).toBe(exit)
  expect(manager.calls.map(({ command }) => command)).not.toContain('updateUser')
})
