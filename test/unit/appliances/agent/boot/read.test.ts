import { parseBootParameters } from '@sysvm/agent/boot/read'
import { sshFiles } from '@sysvm/agent/boot/ssh'
import { SysvmError } from '@sysvm/errors'
import { expect, it } from 'vitest'

const good = {
  name: 'r-4-VM',
  role: 'router',
  control: '169.254.3.4/16',
  nics: [{ mac: '02:00:00:00:00:01', device: 'eth0' }],
  authorizedKey: 'ssh-ed25519 AAAAmanager',
  hostKey: Buffer.from('the private key').toString('base64'),
  managerKey: 'AAAA',
}

const errorOf = (text: string): SysvmError => {
  try {
    parseBootParameters(text)
  } catch (error) {
    if (error instanceof SysvmError) return error
  }
  throw new Error('it was accepted')
}

it('reads what a manager writes', () => {
  expect(parseBootParameters(JSON.stringify(good))).toEqual(good)
})

it('names what does not fit and never quotes the secret', () => {
  const secret = Buffer.from('the private key').toString('base64')
  const error = errorOf(JSON.stringify({ ...good, control: 'nowhere' }))
  expect(error.code).toBe('SYSVM_BOOT_INVALID')
  expect(error.message).toContain('control')
  expect(error.message).not.toContain(secret)
  expect(errorOf(`{"hostKey": "${secret}", oops`).message).toBe('The credential sysvm.boot is not JSON.')
})

it('writes for sshd one address, the host key, and no key for root unless an operator has one', () => {
  const text = (name: string, boot: Parameters<typeof sshFiles>[0]) => sshFiles(boot).find((file) => file.name === name)
  const boot = parseBootParameters(JSON.stringify(good))
  expect(text('listen.conf', boot)).toEqual({
    name: 'listen.conf',
    text: 'Port 3922\nListenAddress 169.254.3.4\n',
    mode: 0o644,
  })
  expect(text('ssh_host_ed25519_key', boot)).toMatchObject({ text: 'the private key', mode: 0o600 })
  expect(text('control.keys', boot)?.text).toBe('restrict,port-forwarding ssh-ed25519 AAAAmanager\n')
  expect(text('root.keys', boot)?.text).toBe('')
  expect(text('root.keys', { ...boot, operatorKey: 'ssh-ed25519 AAAAoperator' })?.text).toBe(
    'ssh-ed25519 AAAAoperator\n',
  )
})
