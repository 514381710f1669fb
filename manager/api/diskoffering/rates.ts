import { SysvmError } from '@sysvm/errors'
import type { DiskOffering } from '../../model/diskoffering.ts'
import * as p from '../parameter.ts'

const MOST = 2 ** 53 - 1

/** What a disk may do per second. */
export const rateParams = {
  bytesreadrate: p.integer('Bytes that it may read per second.', 0, MOST),
  bytesreadratemax: p.integer('Bytes that it may read per second in a burst.', 0, MOST),
  bytesreadratemaxlength: p.integer('Seconds that such a burst may last.', 0, MOST),
  byteswriterate: p.integer('Bytes that it may write per second.', 0, MOST),
  byteswriteratemax: p.integer('Bytes that it may write per second in a burst.', 0, MOST),
  byteswriteratemaxlength: p.integer('Seconds that such a burst may last.', 0, MOST),
  iopsreadrate: p.integer('Reads that it may do per second.', 0, MOST),
  iopsreadratemax: p.integer('Reads that it may do per second in a burst.', 0, MOST),
  iopsreadratemaxlength: p.integer('Seconds that such a burst may last.', 0, MOST),
  iopswriterate: p.integer('Writes that it may do per second.', 0, MOST),
  iopswriteratemax: p.integer('Writes that it may do per second in a burst.', 0, MOST),
  iopswriteratemaxlength: p.integer('Seconds that such a burst may last.', 0, MOST),
}

/** As CloudStack spells each in its answers. */
const answered = {
  bytesreadrate: 'diskBytesReadRate',
  bytesreadratemax: 'diskBytesReadRateMax',
  bytesreadratemaxlength: 'diskBytesReadRateMaxLength',
  byteswriterate: 'diskBytesWriteRate',
  byteswriteratemax: 'diskBytesWriteRateMax',
  byteswriteratemaxlength: 'diskBytesWriteRateMaxLength',
  iopsreadrate: 'diskIopsReadRate',
  iopsreadratemax: 'diskIopsReadRateMax',
  iopsreadratemaxlength: 'diskIopsReadRateMaxLength',
  iopswriterate: 'diskIopsWriteRate',
  iopswriteratemax: 'diskIopsWriteRateMax',
  iopswriteratemaxlength: 'diskIopsWriteRateMaxLength',
} as const

type Rate = keyof typeof answered

const names = Object.keys(answered) as Rate[]

type Asked = Readonly<Partial<Record<Rate, number | undefined>>>

/** Those that were given, over those that there are; 431 for a burst that is slower than the rate it exceeds. */
export const readRates = (asked: Asked, before: DiskOffering['limits'] = {}): Record<string, number> => {
  const given = names.flatMap((name) => (asked[name] === undefined ? [] : [[name, asked[name]] as const]))
  const rates: Record<string, number> = { ...before, ...Object.fromEntries(given) }
  for (const name of names.filter((one) => one.endsWith('rate'))) {
    const [steady, burst] = [rates[name], rates[`${name}max`]]
    if (burst !== undefined && burst < (steady ?? 0))
      throw new SysvmError('SYSVM_API_PARAMETER', `Parameter ${name}max: ${burst} is below ${name}, ${steady}.`)
  }
  return rates
}

export const presentRates = (rates: DiskOffering['limits']): Partial<Record<(typeof answered)[Rate], number>> =>
  Object.fromEntries(names.flatMap((name) => (rates[name] === undefined ? [] : [[answered[name], rates[name]]])))
