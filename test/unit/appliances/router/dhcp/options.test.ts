import { OPTIONS } from '@sysvm/router/dhcp/options'
import { DhcpOption, encodeOption, optionCode } from '@sysvm/router/spec'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test.each([
  ['66', 66],
  ['tftp-server', 66],
  ['Bootfile-Name', 67],
  ['224', 224],
  ['254', 254],
  // By which the protocol itself works.
  ['1', undefined],
  ['50', undefined],
  ['51', undefined],
  ['53', undefined],
  ['54', undefined],
  ['82', undefined],
  ['0', undefined],
  ['255', undefined],
  ['066', undefined],
  ['lease-time', undefined],
  ['', undefined],
])('%j is code %s', (given, code) => {
  expect(optionCode(given)).toBe(code)
})

test.each([
  [42, '192.0.2.1', 'c0000201'],
  [42, '192.0.2.1, 192.0.2.2', 'c0000201c0000202'],
  [26, '1400', '0578'],
  [23, '64', '40'],
  [2, '-3600', 'fffff1f0'],
  [19, 'true', '01'],
  [66, 'boot.example', Buffer.from('boot.example').toString('hex')],
  [119, 'a.example,b.c', '0161076578616d706c6500016201630 0'.replace(' ', '')],
  [121, '10.2.0.0/16 10.1.1.7', '100a020a010107'],
  [121, '0.0.0.0/0 10.1.1.7, 10.3.3.3/32 10.1.1.8', '000a010107200a0303030a010108'],
  [33, '10.2.0.1,10.1.1.7', '0a0200010a010107'],
  [43, '01:04:ff', '0104ff'],
  [224, '0x0102', '0102'],
  [224, 'plain', Buffer.from('plain').toString('hex')],
])('option %i %j is %s', (code, value, hex) => {
  expect(encodeOption(code, value)?.toString('hex')).toBe(hex)
})

test.each([
  [42, 'ntp.example'],
  [42, ''],
  [42, '192.0.2.1,'],
  [42, '010.0.0.1'],
  [26, '70000'],
  [26, '-1'],
  [26, '1e3'],
  [19, 'perhaps'],
  [66, 'a\nb'],
  [66, 'caf\u00e9'],
  [66, 'x'.repeat(256)],
  [119, 'a..b'],
  [119, 'a b'],
  [121, '10.2.0.0/33 10.1.1.7'],
  [121, '10.2.0.0/16'],
  [33, '10.2.0.1'],
  [43, '0x1'],
  [43, 'xyz'],
  [224, '0xzz'],
  [224, '\u0000'],
])('option %i does not take %j', (code, value) => {
  expect(encodeOption(code, value)).toBeUndefined()
  expect(DhcpOption.safeParse({ code, value }).success).toBe(false)
})

test('whatever is given, what comes out fits one option', () => {
  fc.assert(
    fc.property(fc.constantFrom(...OPTIONS.keys(), 224, 250), fc.string({ maxLength: 400 }), (code, value) => {
      const bytes = encodeOption(code, value)
      expect(bytes === undefined || (bytes.length > 0 && bytes.length <= 255)).toBe(true)
    }),
  )
})
