import { bits, der, oid, sequence, time, unsigned } from '@sysvm/manager/certificates/der'
import { expect, test } from 'vitest'

const hex = (bytes: Buffer): string => bytes.toString('hex')

test.each([
  [0, '020100'],
  [127, '02017f'],
  [128, '02020080'],
  [255, '020200ff'],
  [256, '02020100'],
])('the number %i is %s', (number, expected) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(number)
  expect(hex(unsigned(bytes))).toBe(expected)
})

test.each([
  [127, '047f'],
  [128, '048180'],
  [256, '04820100'],
])('content of %i bytes begins with %s', (length, expected) => {
  const whole = der(4, Buffer.alloc(length))
  expect(hex(whole.subarray(0, expected.length / 2))).toBe(expected)
  expect(whole.length).toBe(expected.length / 2 + length)
})

test('object identifiers, times, bits and sequences are as X.690 has them', () => {
  expect(hex(oid('1.2.840.113549.1.1.11'))).toBe('06092a864886f70d01010b')
  expect(hex(oid('2.5.29.17'))).toBe('0603551d11')
  expect(time(new Date('2049-12-31T23:59:59Z')).toString('latin1')).toBe('\x17\x0d491231235959Z')
  expect(time(new Date('2050-01-01T00:00:00Z')).toString('latin1')).toBe('\x18\x0f20500101000000Z')
  expect(hex(bits(Buffer.from([0xa0]), 5))).toBe('030205a0')
  expect(hex(sequence(unsigned(Buffer.from([1])), unsigned(Buffer.from([2]))))).toBe('3006020101020102')
})
